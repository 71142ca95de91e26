import type { PlanNode, PlanScope } from '../plan/plan.js';

/** Which steps a rerun from one step runs again: that step, what follows it, and what follows the containers around it. */
export class RerunFrom {
  private readonly levels: {
    id: string;
    iteration: number | undefined;
    isWhile: boolean;
    after: ReadonlySet<string>;
  }[] = [];

  /** `path` as in a run, `each.3.one`; it has to lead to a step of the plan. */
  constructor(root: PlanScope, path: string) {
    const parts = path.split('.');
    let scope: PlanScope | undefined = root;
    for (let index = 0; index < parts.length; index += 2) {
      const node: PlanNode | undefined = scope?.byId.get(parts[index] ?? '');
      if (!node) return;
      const iteration = parts[index + 1] === undefined ? undefined : Number(parts[index + 1]);
      this.levels.push({ id: node.id, iteration, isWhile: node.type === 'while', after: idsAfter(node) });
      scope = node.body;
    }
  }

  /** Whether nothing of what the former run has at this path is taken over. */
  runsAgain(path: string): boolean {
    const parts = path.split('.');
    for (const [depth, { id, iteration, isWhile, after }] of this.levels.entries()) {
      const [here, index] = [parts[depth * 2], parts[depth * 2 + 1]];
      if (here !== id) return here !== undefined && after.has(here);
      // The step itself; or a container around it, which cannot be taken over whole.
      if (iteration === undefined || index === undefined) return true;
      if (Number(index) !== iteration) return isWhile && Number(index) > iteration;
    }
    return false;
  }

  /** Whether the path is a container around the step. */
  isAround(path: string): boolean {
    const parts = path.split('.');
    const level = this.levels[(parts.length - 1) / 2];
    return level?.iteration !== undefined && level.id === parts.at(-1) && this.isOnTheWay(parts);
  }

  private isOnTheWay(parts: readonly string[]): boolean {
    return this.levels
      .slice(0, (parts.length - 1) / 2)
      .every(({ id, iteration }, depth) => parts[depth * 2] === id && Number(parts[depth * 2 + 1]) === iteration);
  }
}

function idsAfter(node: PlanNode): ReadonlySet<string> {
  const reached = new Set<PlanNode>([node]);
  for (const each of reached) for (const { to } of each.edges) reached.add(to);
  reached.delete(node);
  return new Set([...reached].map(({ id }) => id));
}
