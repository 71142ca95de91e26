import type { JsonValue } from '@rpa/contracts';
import { isObject } from '../../definition/normalize.js';
import { at } from '../json-path.js';
import type { Rule, RuleInput } from '../rule.js';
import { suggestion } from '../suggestion.js';

/** Credentials and workflows that the definition names are the organization's. */
export const keysRule: Rule = (input) => {
  const { definition, outline, stepTypes, findings, credentials } = input;
  for (const { step, path, type } of outline.steps) {
    const { credential, config } = step;
    if (typeof credential === 'string') {
      if (credentials && !credentials.has(credential)) {
        const hint = suggestion(credential, credentials);
        findings.error(at(path, 'credential'), 'unknown_credential', `There is no credential ${credential}${hint}`);
      }
      const known = stepTypes.newest(type);
      if (known && !known.credentialTypes?.length) {
        findings.warn(at(path, 'credential'), 'unused_credential', `A ${type} step takes no credential`);
      }
    }
    if (type === 'sub_workflow' && isObject(config))
      checkWorkflow(config['workflow'], at(path, 'config', 'workflow'), input);
  }
  const { settings } = definition;
  const onFailure = isObject(settings) ? settings['onFailure'] : undefined;
  if (isObject(onFailure)) checkWorkflow(onFailure['workflow'], 'settings.onFailure.workflow', input);
};

function checkWorkflow(key: JsonValue | undefined, path: string, { findings, workflows }: RuleInput): void {
  if (typeof key !== 'string' || key.includes('{{') || !workflows || workflows.has(key)) return;
  findings.error(path, 'unknown_workflow', `There is no workflow ${key.slice(0, 100)}${suggestion(key, workflows)}`);
}
