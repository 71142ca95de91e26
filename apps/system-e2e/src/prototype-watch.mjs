/** Loaded into a system under test: on SIGUSR2 it prints what every object inherits, which is nothing as long as all is well. */
process.on('SIGUSR2', () => {
  const inherited = [];

  for (const name in {}) inherited.push(name);
  process.stdout.write(`\nObject.prototype: ${JSON.stringify(inherited)}\n`);
});
