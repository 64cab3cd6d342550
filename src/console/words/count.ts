const grouped = new Intl.NumberFormat('en-GB')

/** `12,345` */
export function number(value: number): string {
  return grouped.format(value)
}

/** `1 session`, `3 sessions`, `1,000 devices` */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`
}
