export declare const EXPRESSIONS: readonly string[];
export declare function meantByAll(from: number, to: number): Uint8Array[];
export declare function compareZone(
  name: string,
  options: {
    from: number;
    to: number;
    meant: Uint8Array[];
    known: Map<string, number[][]>;
    makeCron: (expression: string, zone: string) => { next(after: number): number | null };
  },
): { differences: string[]; fires: number };
