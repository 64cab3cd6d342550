import { connect } from '/client/sliding.js'

const api = connect(location.origin)
const element = (id) => document.getElementById(id)

/** One request with JSON; where the session has ended, the page says so and shows the login. */
async function ask(method, path, body) {
  const headers = body ? { 'Content-Type': 'application/json' } : {}
  const response = await api(path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  const answer = response.status === 204 ? undefined : await response.json()
  if (response.ok) return answer
  if (response.status === 401 && answer.code !== 'credentials_invalid') leave(answer)
  throw new Error(answer.title)
}

/** Drops the token; without one there was nothing to end. */
function leave({ code, title }) {
  localStorage.removeItem('jwt')
  show(code === 'token_missing' ? '' : title, false)
}

function show(message, isInside) {
  element('message').textContent = message
  element('inside').hidden = !isInside
  element('enter').hidden = isInside
}

function list(id, entries) {
  element(id).replaceChildren(
    ...entries.map(({ text, action }) => {
      const item = document.createElement('li')
      item.append(text)
      if (action) {
        const button = document.createElement('button')
        button.type = 'button'
        button.textContent = 'End'
        button.addEventListener('click', () => attempt(action))
        item.append(' ', button)
      }
      return item
    }),
  )
}

async function refresh() {
  const [orders, { sessions }] = await Promise.all([ask('GET', 'orders'), ask('GET', 'me/sessions')])
  list(
    'orders',
    orders.map((text) => ({ text })),
  )
  list(
    'devices',
    sessions
      .filter(({ valid }) => valid)
      .map(({ jti, device, current }) => ({
        text: current ? `${device.name}, this device` : device.name,
        action: current ? undefined : () => ask('DELETE', `me/sessions/${jti}`),
      })),
  )
  show('', true)
}

/** Does something and shows what is there then; says what went wrong. */
async function attempt(action) {
  try {
    await action()
    await refresh()
  } catch (error) {
    element('message').textContent ||= error.message
  }
}

function onSubmit(id, action) {
  element(id).addEventListener('submit', (event) => {
    event.preventDefault()
    const fields = Object.fromEntries(new FormData(event.target))
    element('message').textContent = ''
    attempt(() => action(fields, event.submitter)).then(() => event.target.reset())
  })
}

onSubmit('enter', (fields, button) => ask('POST', button.value, fields))
onSubmit('order', (fields) => ask('POST', 'orders', fields))
element('lost').addEventListener('click', () => attempt(() => ask('POST', 'lost-phone')))
element('logout').addEventListener('click', async () => {
  await ask('POST', 'logout').catch(() => undefined)
  leave({ code: 'logout', title: 'You are logged out.' })
})

if (localStorage.getItem('jwt')) attempt(() => undefined)
else show('', false)
