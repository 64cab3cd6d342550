/** Where a package is at home, as its description says. */
interface Description {
  readonly repository?: string | { readonly type?: string; readonly url?: string }
  readonly bugs?: string | { readonly url?: string }
  readonly homepage?: string
}

/**
 * What has to be filled in before the package can be published with provenance, which the registry refuses unless
 * `repository` names the repository that the workflow runs in; undefined where all is there. `home` is that
 * repository's page, where the workflow knows it.
 */
export function missingAddresses(
  { repository, bugs, homepage }: Description,
  home: string | undefined,
): string | undefined {
  const right = home ?? 'https://HOST/OWNER/NAME'
  const wanted = {
    'repository.type': [typeof repository === 'object' ? repository.type : undefined, 'git'],
    'repository.url': [typeof repository === 'object' ? repository.url : undefined, `git+${right}.git`],
    'bugs.url': [typeof bugs === 'object' ? bugs.url : undefined, `${right}/issues`],
    homepage: [homepage, `${right}#readme`],
  }
  const missing = Object.entries(wanted).filter(([, [found, value]]) =>
    home === undefined ? found === undefined : found !== value,
  )
  if (missing.length === 0) return undefined
  const set = missing.map(([name, [, value]]) => `'${name}=${value}'`)
  return `package.json does not say where the package is at home: npm pkg set ${set.join(' ')}`
}

/** The page of the repository that a workflow runs in. */
export function homeOf(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = environment
  return server === undefined || name === undefined ? undefined : `${server}/${name}`
}
