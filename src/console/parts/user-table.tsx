import type { User } from '../api/types.ts'
import { linkTo } from '../state/route.ts'
import { Ago } from './ago.tsx'
import { Badge } from './badge.tsx'

/** Users as rows; on a phone as cards. */
export function UserTable({ users }: { users: readonly User[] }) {
  return (
    <table class="table table-compact">
      <caption class="unseen">Users by name</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Role</th>
          <th scope="col">State</th>
          <th scope="col">Created</th>
          <th scope="col">Last change</th>
        </tr>
      </thead>
      <tbody>
        {users.map((user) => (
          <tr key={user.id} class="row-link">
            <th scope="row">
              <a class="strong" href={linkTo(['users', user.id])}>
                {user.username}
              </a>
            </th>
            <td data-label="Role">
              {user.role === 'admin' ? <Badge tone="accent">admin</Badge> : <span class="dim">user</span>}
            </td>
            <td data-label="State">
              {user.disabled ? <Badge tone="danger">disabled</Badge> : <span class="dim">enabled</span>}
            </td>
            <td data-label="Created">
              <Ago at={user.createdAt} />
            </td>
            <td data-label="Last change">
              <Ago at={user.updatedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
