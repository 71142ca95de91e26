/** What a publisher may do on NATS: publish on its organization's subtree and hear its own inbox. */
export function subjectsOf(slug: string): string[] {
  return [`events.${slug}.>`];
}

export function inboxPrefixOf(user: string): string {
  return `_INBOX_${user}`;
}
