import { connect } from './sliding.js'

const api = connect('http://127.0.0.1:3000')
const show = async (response) => {
  document.querySelector('#answer').textContent = `${response.status} ${await response.text()}`
}

document.querySelector('#login').addEventListener('submit', async (event) => {
  event.preventDefault()
  const body = JSON.stringify(Object.fromEntries(new FormData(event.target)))
  show(await api('login', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body }))
})
document.querySelector('#me').addEventListener('click', async () => show(await api('me')))
document.querySelector('#logout').addEventListener('click', async () => {
  show(await api('logout', { method: 'POST' }))
  localStorage.removeItem('jwt')
})
