import { spawnSync } from 'node:child_process';
import { parse, parseAllDocuments } from 'yaml';
import { configurations, read, ROOT, trackedFiles } from './workspace.mjs';

const FROM_COMPOSE = new Set(['NODE_ENV', 'NODE_OPTIONS', 'PATH']);

function documents(file) {
  return parseAllDocuments(read(file)).map((document) => {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0].message}`);
    return document.toJS();
  });
}

/** Compose and manifests are what the generator writes, parse, and agree with the configuration of the services. */
export async function checkDeployment() {
  const generator = spawnSync(process.execPath, ['tools/render-deployment.mjs', '--check'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const faults = generator.status === 0 ? [] : [generator.stderr.trim()];
  const configs = new Map((await configurations()).map(({ app, variables }) => [app, Object.values(variables)]));
  const objects = trackedFiles('k8s/*.yaml').flatMap((file) => documents(file).map((object) => ({ file, object })));
  for (const { file, object } of objects)
    if (!object?.apiVersion || !object.kind || !object.metadata?.name)
      faults.push(`${file}: an object without apiVersion, kind or name`);
  const services = objects.filter(({ object }) => object?.kind === 'Deployment' && configs.has(object.metadata.name));
  for (const { file, object } of services) {
    faults.push(...podFaults(object).map((fault) => `${file}: ${fault}`));
    const [container] = object.spec.template.spec.containers;
    const given = Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value ?? '']));
    faults.push(...environmentFaults(configs.get(object.metadata.name), given).map((fault) => `${file}: ${fault}`));
    faults.push(
      ...portFaults(object.metadata.name, container, given, configs.get(object.metadata.name)).map(
        (fault) => `${file}: ${fault}`,
      ),
    );
    for (const kind of ['Service', 'PodDisruptionBudget', 'NetworkPolicy'])
      if (!objects.some((other) => other.file === file && other.object.kind === kind))
        faults.push(`${file}: no ${kind}`);
  }
  const composed = parse(read('docker/compose.yml')).services;
  for (const [name, service] of Object.entries(composed))
    if (configs.has(name))
      faults.push(
        ...environmentFaults(configs.get(name), service.environment ?? {}).map(
          (fault) => `docker/compose.yml: ${name}: ${fault}`,
        ),
      );
  for (const app of configs.keys())
    if (app !== 'standalone' && !services.some(({ object }) => object.metadata.name === app))
      faults.push(`k8s: no Deployment of ${app}`);
  if (!objects.some(({ object }) => object.kind === 'NetworkPolicy' && isDefaultDeny(object)))
    faults.push('k8s: no default-deny NetworkPolicy');
  return faults;
}

const isDefaultDeny = ({ spec }) =>
  Object.keys(spec.podSelector ?? {}).length === 0 && !spec.ingress && !spec.egress && spec.policyTypes?.length === 2;

function podFaults({ spec }) {
  const pod = spec.template.spec;
  const [container] = pod.containers;
  const wanted = {
    'the pod must run as non-root':
      pod.securityContext?.runAsNonRoot === true || container.securityContext?.runAsNonRoot === true,
    'seccompProfile must be RuntimeDefault':
      (pod.securityContext ?? container.securityContext)?.seccompProfile?.type === 'RuntimeDefault',
    'no privilege escalation': container.securityContext?.allowPrivilegeEscalation === false,
    'all capabilities must be dropped': container.securityContext?.capabilities?.drop?.includes('ALL') === true,
    'the root file system must be read-only': container.securityContext?.readOnlyRootFilesystem === true,
    'no service account token': pod.automountServiceAccountToken === false,
    'no variables from the Services of others': pod.enableServiceLinks === false,
    'resources must be limited': Boolean(container.resources?.requests && container.resources?.limits?.memory),
    'startup, liveness and readiness probes': Boolean(
      container.startupProbe && container.livenessProbe && container.readinessProbe,
    ),
    'labels must match the selector': Object.entries(spec.selector.matchLabels).every(
      ([key, value]) => spec.template.metadata.labels[key] === value,
    ),
  };
  return Object.entries(wanted)
    .filter(([, met]) => !met)
    .map(([wish]) => wish);
}

/** Every given variable is one that the service reads; every one that it cannot do without is given. */
function environmentFaults(variables, given) {
  const known = new Map(variables.map((variable) => [variable.env, variable]));
  const faults = [];
  for (const name of Object.keys(given)) {
    const plain = name.replace(/_FILE$/, '');
    const secretFile = name.endsWith('_FILE') && known.get(plain)?.secret;
    if (!known.has(name) && !secretFile && !FROM_COMPOSE.has(name)) faults.push(`the service reads no ${name}`);
  }
  for (const variable of variables) {
    const isGiven = variable.env in given || `${variable.env}_FILE` in given;
    if (!isGiven && isRequired(variable)) faults.push(`${variable.env} is not given`);
  }
  return faults;
}

function isRequired(variable) {
  try {
    variable.read(undefined);
    return false;
  } catch {
    return true;
  }
}

/** The probes ask the port that the service listens on. */
function portFaults(name, container, given, variables) {
  const variable = variables.find(({ env }) => env === `${name.toUpperCase().replaceAll('-', '_')}_PORT`);
  const port = Number(given[variable?.env] ?? variable?.defaultText);
  const ports = new Map((container.ports ?? []).map((each) => [each.name, each.containerPort]));
  return ['startupProbe', 'livenessProbe', 'readinessProbe'].flatMap((probe) => {
    const asked = container[probe]?.httpGet?.port;
    const number = typeof asked === 'string' ? ports.get(asked) : asked;
    return number === port ? [] : [`${probe} asks port ${number}; the service listens on ${port}`];
  });
}
