export function printRow({ name, engine, what, unit, perSecond, p50, p99, cpuMicroseconds, cpuTotal }, say) {
  if (engine === 'ours') say(`\n${name}: ${what}`);
  const parts = Object.entries(cpuMicroseconds)
    .filter(([, used]) => used >= 0.5)
    .map(([process, used]) => `${process} ${used.toFixed(0)}`);
  say(
    `  ${engine.padEnd(8)} ${perSecond.toFixed(0).padStart(7)} ${unit}s/s   p50 ${p50.toFixed(1)} ms   p99 ${p99.toFixed(1)} ms   ` +
      `CPU ${cpuTotal.toFixed(0)} us a ${unit} without the driver (${parts.join(', ')})`,
  );
}

export function printSingle({ name, what, ...figures }, say) {
  const told = Object.entries(figures)
    .filter(([, value]) => typeof value !== 'object')
    .map(([key, value]) => `${key} ${typeof value === 'number' ? round(value) : value}`);
  say(`\n${name}: ${what}\n  ${told.join(', ')}`);
}

export function printTargets(targets, say) {
  say('\nTargets');
  for (const { target, value, met } of targets)
    say(`  ${met === null ? '-  ' : met ? 'yes' : 'NO '}  ${target}${value === null ? '' : `: ${value}`}`);
}

function round(value) {
  return value >= 100 ? value.toFixed(0) : Number(value.toFixed(2));
}
