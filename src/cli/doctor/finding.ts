/** What a check found. `wrong` must be put right; `warning` should be looked at. */
export interface Finding {
  readonly check: string
  readonly state: 'ok' | 'warning' | 'wrong'
  readonly found: string
  /** What to do; where all is well there is none. */
  readonly advice?: string
}

export function ok(check: string, found: string): Finding {
  return { check, state: 'ok', found }
}

export function warning(check: string, found: string, advice: string): Finding {
  return { check, state: 'warning', found, advice }
}

export function wrong(check: string, found: string, advice: string): Finding {
  return { check, state: 'wrong', found, advice }
}
