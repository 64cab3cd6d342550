import { describe, expect, it } from 'vitest'
import { linkTo, readRoute } from '../../src/console/state/route.ts'

describe('places in the console', () => {
  it.each([
    ['', [], {}],
    ['#', [], {}],
    ['#/', [], {}],
    ['#/users', ['users'], {}],
    ['#/users/a%2Fb', ['users', 'a/b'], {}],
    ['#/users?search=an%26a&x=', ['users'], { search: 'an&a', x: '' }],
    ['#/users?search=a?b', ['users'], { search: 'a?b' }],
    ['#/%E0%A4%A', ['%E0%A4%A'], {}],
  ])('%s', (hash, path, query) => expect(readRoute(hash)).toEqual({ path, query }))

  it.each([
    [['users', 'a/b ?#'], { search: 'x&y', type: '' }, '#/users/a%2Fb%20%3F%23?search=x%26y'],
    [['events'], {}, '#/events'],
  ])('lead to %j', (path, query, link) => {
    expect(linkTo(path, query)).toBe(link)
    expect(readRoute(link).path).toEqual(path)
  })
})
