/** Stands before a letter that says which character is meant. */
const ESCAPE = '\u001a'

/** A string as `text` can hold it, which takes every character but U+0000. Ordinary strings stay as they are. */
export function toText(value: string): string {
  if (!value.includes('\0') && !value.includes(ESCAPE)) return value
  return value.replaceAll(ESCAPE, `${ESCAPE}E`).replaceAll('\0', `${ESCAPE}0`)
}

/** The string that `toText` was given. */
export function fromText(text: string): string {
  if (!text.includes(ESCAPE)) return text
  return text.replaceAll(`${ESCAPE}0`, '\0').replaceAll(`${ESCAPE}E`, ESCAPE)
}
