/** Without letters and digits that look alike; 32 of them, so that each carries five bits. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789'

const GROUPS = 4
const GROUP_LENGTH = 5

/** A random password of a hundred bits that can be read out: `k7m2q-…`. */
export function newPassword(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(GROUPS * GROUP_LENGTH))
  const letters = Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length])
  return Array.from({ length: GROUPS }, (_, group) =>
    letters.slice(group * GROUP_LENGTH, (group + 1) * GROUP_LENGTH).join(''),
  ).join('-')
}
