import { describe, expect, it } from 'vitest'
import { foldName, readPassword, readUsername } from '../../src/server/credentials.ts'

describe('foldName', () => {
  it.each([
    ['another case', 'Ada', 'aDA'],
    ['another encoding of an accent', 'Zo\u00EB', 'ZOE\u0308'],
    ['a letter whose capital is two', 'Straße', 'STRASSE'],
    ['a final sigma', 'ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
    ['a letter that looks like k', '\u212Aim', 'kim'],
  ])('takes names for one that differ in %s', (_what, one, other) => {
    expect(foldName(one)).toBe(foldName(other))
  })

  it('keeps names apart that differ in a letter or an accent', () => {
    expect(new Set(['ada', 'adà', 'adb', 'ad a'].map(foldName)).size).toBe(4)
  })
})

describe('readUsername', () => {
  it.each([
    ['one character', 'x', 'x'],
    ['64 characters', 'é'.repeat(64), 'é'.repeat(64)],
    ['64 characters of two halves', '😀'.repeat(64), '😀'.repeat(64)],
    ['blanks within', 'Ada Lovelace', 'Ada Lovelace'],
    ['an address', 'ada@example.org', 'ada@example.org'],
    ['an accent in two pieces, which it joins', 'Zoe\u0308', 'Zo\u00EB'],
  ])('takes %s', (_what, given, read) => {
    expect(readUsername(given)).toBe(read)
  })

  it.each([
    ['nothing', ''],
    ['65 characters', 'x'.repeat(65)],
    ['a blank in front', ' ada'],
    ['a blank behind', 'ada\u00A0'],
    ['a control character', 'a\u0000da'],
    ['a line break', 'a\nda'],
    ['an invisible character', 'ad\u200Ba'],
    ['a change of direction', 'ad\u202Ea'],
    ['half a character', 'ad\uD83Da'],
  ])('refuses %s', (_what, given) => {
    expect(() => readUsername(given)).toThrow(
      expect.objectContaining({ code: 'body_invalid', message: expect.stringMatching(/^username: takes /) }),
    )
  })
})

describe('readPassword', () => {
  it.each([
    ['8 characters', '12345678'],
    ['8 characters of two halves', '😀'.repeat(8)],
    ['1,024 characters', 'x'.repeat(1_024)],
    ['blanks', '        '],
  ])('takes %s', (_what, given) => {
    expect(readPassword(given, 'ada')).toBe(given)
  })

  it('counts characters after joining accents', () => {
    expect(() => readPassword('e\u0308'.repeat(7), 'ada')).toThrow()
    expect(readPassword('e\u0308'.repeat(8), 'ada')).toBe('\u00EB'.repeat(8))
  })

  it.each([
    ['7 characters', '1234567', 'takes 8 to 1024 characters'],
    ['1,025 characters', 'x'.repeat(1_025), 'takes 8 to 1024 characters'],
    ['the user name in another case', 'ADA.LOVELACE', 'must not be the user name'],
    ['half a character', '12345678\uD83D', 'takes whole Unicode characters only'],
  ])('refuses %s, without quoting it', (_what, given, rule) => {
    expect(() => readPassword(given, 'Ada.Lovelace', 'newPassword')).toThrow(
      expect.objectContaining({ code: 'body_invalid', message: `newPassword: ${rule}` }),
    )
  })
})
