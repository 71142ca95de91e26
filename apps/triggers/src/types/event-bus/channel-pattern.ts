const PATTERN = /^(?:[A-Za-z0-9_-]+|\*)(?:\.(?:[A-Za-z0-9_-]+|\*))*(?:\.>)?$/;

export function isChannelPattern(text: string): boolean {
  return text === '>' || PATTERN.test(text);
}

/** Matches like NATS: `*` is exactly one token, `>` at the end one or more. */
export function channelMatches(pattern: string, channel: string): boolean {
  if (pattern === channel) return true;
  const wanted = pattern.split('.');
  const tokens = channel.split('.');
  for (const [index, token] of wanted.entries()) {
    if (token === '>') return tokens.length > index;
    if (index >= tokens.length || (token !== '*' && token !== tokens[index])) return false;
  }
  return wanted.length === tokens.length;
}
