// One rule: send the token, keep the latest X-JWT. `connect` gives a fetch for one server.
const claims = (jwt) => JSON.parse(atob(jwt.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')))
const isNewer = (jwt, old) => claims(jwt).jti === claims(old).jti && claims(jwt).gen > claims(old).gen

export const connect = (server) => async (path, init) => {
  const request = new Request(`${server}/${path}`, { redirect: 'error', ...init })
  const sent = localStorage.getItem('jwt')
  if (sent) request.headers.set('Authorization', `Bearer ${sent}`)
  const response = await fetch(request)
  const [jwt, kept] = [response.headers.get('X-JWT'), localStorage.getItem('jwt')]
  // A late answer never overwrites a newer token, or one of another login, here or in another tab.
  if (jwt && (kept === sent || (kept && isNewer(jwt, kept)))) localStorage.setItem('jwt', jwt)
  return response
}
