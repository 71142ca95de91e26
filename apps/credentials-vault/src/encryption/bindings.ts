/** What encrypted values are bound to: they open as this version of this credential of this organization only. */
export function valueBinding(organizationId: string, credentialId: string, version: number): (string | number)[] {
  return ['credential', organizationId, credentialId, version];
}

/** Tokens that were fetched with a credential: each fetch is a generation. */
export function tokenBinding(organizationId: string, credentialId: string, generation: number): (string | number)[] {
  return ['oauth token', organizationId, credentialId, generation];
}
