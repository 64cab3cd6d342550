/** Why a call failed: the server's problem document, or that the server was not reached. */
export class Problem extends Error {
  /** A code of the server's list, or `unreachable`. */
  readonly code: string
  /** Seconds to wait, where the server says so. */
  readonly retryAfter: number | undefined

  constructor(code: string, detail: string, retryAfter?: number) {
    super(detail)
    this.code = code
    this.retryAfter = retryAfter
  }
}

export function unreachable(): Problem {
  return new Problem('unreachable', 'The server was not reached.')
}

/** What an answer that is not ok says. */
export async function problemOf(response: Response): Promise<Problem> {
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  const { code, detail } = await documentOf(response)
  return new Problem(code, detail, Number.isFinite(retryAfter) ? retryAfter : undefined)
}

async function documentOf(response: Response): Promise<{ code: string; detail: string }> {
  try {
    const { code, detail } = (await response.json()) as { code?: unknown; detail?: unknown }
    if (typeof code === 'string' && typeof detail === 'string') return { code, detail }
  } catch {
    // A proxy's own page, or nothing at all.
  }
  return { code: 'unexpected', detail: `The answer was ${response.status}.` }
}
