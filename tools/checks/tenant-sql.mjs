import ts from 'typescript';
import { read, trackedFiles } from './workspace.mjs';

const EXCEPTIONS = 'tools/checks/tenant-sql.exceptions.json';

/** Tables with a column organization_id, by their name, as the migrations make them. */
export function tenantTables(migrations) {
  const tables = new Set();
  for (const text of migrations)
    for (const match of text.matchAll(/CREATE TABLE(?: IF NOT EXISTS)? ([\w.${}]+) *\(/g))
      if (/\borganization_id\b/.test(columnsFrom(text, match.index + match[0].length)))
        tables.add(match[1].replace(/^.*\./, ''));
  return tables;
}

/** What stands between an opened parenthesis and the one that closes it. */
function columnsFrom(text, start) {
  for (let at = start, depth = 1; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return text.slice(start, at);
  }
  return text.slice(start);
}

/** The text of every string and template in a source, holes as `?`. */
function texts(file, source) {
  const found = [];
  const visit = (node) => {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) found.push({ node, text: node.text });
    else if (ts.isTemplateExpression(node))
      found.push({
        node,
        text: [node.head.text, ...node.templateSpans.map((span) => `?${span.literal.text}`)].join(''),
      });
    ts.forEachChild(node, visit);
  };
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  visit(tree);
  return found.map(({ node, text }) => ({ text, line: tree.getLineAndCharacterOfPosition(node.getStart()).line + 1 }));
}

/** Statements of a source on tenant tables that do not name the organization. */
export function unfencedStatements(file, source, tables) {
  const touched = new RegExp(
    `\\b(FROM|INTO|UPDATE|JOIN|ONLY)\\s+(?:[\\w?]+\\.)?"?(${[...tables].join('|')})\\b(?!\\.)`,
  );
  return texts(file, source).filter(
    ({ text }) =>
      /\b(SELECT|INSERT|UPDATE|DELETE|MERGE)\b/.test(text) && touched.test(text) && !/organization_id/.test(text),
  );
}

/** SQL on business rows names the organization; what works for all of them stands in one list, with its reason. */
export function checkTenantSql() {
  const sources = trackedFiles('apps/*/src/*.ts', 'libs/platform/src/*.ts').filter(
    (file) => !/\.(int-|e2e-)?spec\.ts$/.test(file),
  );
  const isMigration = (file) => file.includes('/migrations/');
  const tables = tenantTables(
    trackedFiles('apps/*/src/*.ts', 'libs/platform/src/*.ts')
      .filter((file) => /migration|idempotency\.ts/.test(file))
      .map(read),
  );
  if (tables.size === 0) return ['no table with organization_id was found in the migrations'];
  const exceptions = JSON.parse(read(EXCEPTIONS)).map((exception) => ({ ...exception, used: false }));
  const faults = [];
  for (const file of sources.filter((source) => !isMigration(source)))
    for (const { text, line } of unfencedStatements(file, read(file), tables)) {
      const exception = exceptions.find(
        (candidate) => candidate.file === file && text.includes(candidate.statement ?? ''),
      );
      if (exception) exception.used = true;
      else faults.push(`${file}:${line}: names no organization: ${text.trim().replace(/\s+/g, ' ').slice(0, 90)}`);
    }
  for (const { file, statement, reason, used } of exceptions) {
    const name = `${EXCEPTIONS}: ${file} ${statement ?? ''}`;
    if (!used) faults.push(`${name}: nothing needs this exception`);
    if (!reason) faults.push(`${name}: no reason is given`);
  }
  return faults;
}
