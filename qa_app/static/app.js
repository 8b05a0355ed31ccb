// What scripts add to pages that already work without them: GOV.UK's own behaviour, autosave, rows that can be added.
import { initAll } from './govuk-frontend.min.js'

const SAVE_EVERY = 20000
const PAUSE = 3000
const LONGEST_WAIT = 10000

// Autosave. A form asks for it with data-autosave-url. The server answers 200 with JSON {saved_at: "14:02", version: "7"};
// 409 where something newer is stored already; 401 where nobody is signed in. What was typed is never kept in the browser.
class Autosave {
  constructor (form) {
    this.form = form
    this.status = form.querySelector('[data-autosave-status]') || this.addStatus()
    this.saved = this.contents()
    this.leaving = false
    this.outdated = false
    this.refused = ''
    this.running = null
    this.waiting = false
    this.pause = 0
    form.addEventListener('input', () => this.waitForPause())
    form.addEventListener('change', () => this.save())
    form.addEventListener('focusout', () => this.save())
    form.addEventListener('submit', event => this.leave(event))
    document.addEventListener('visibilitychange', () => { if (document.hidden) this.save() })
    window.addEventListener('beforeunload', event => { if (!this.leaving && this.changed()) event.preventDefault() })
    window.addEventListener('pageshow', event => { if (event.persisted) this.leaving = false })
    setInterval(() => this.save(), SAVE_EVERY)
  }

  addStatus () {
    const status = document.createElement('p')
    status.className = 'app-saved govuk-body'
    status.setAttribute('role', 'status')
    status.setAttribute('aria-live', 'polite')
    this.form.append(status)
    return status
  }

  contents () {
    const pairs = [...new FormData(this.form)].filter(([, value]) => typeof value === 'string')
    return new URLSearchParams(pairs).toString()
  }

  changed () { return this.contents() !== this.saved }

  waitForPause () {
    clearTimeout(this.pause)
    this.pause = setTimeout(() => this.save(), PAUSE)
  }

  say (words, warning = false) {
    this.status.classList.toggle('app-saved--warning', warning)
    if (this.status.textContent !== words) this.status.textContent = words
  }

  async save () {
    clearTimeout(this.pause)
    if (this.running || this.leaving || this.outdated || !this.changed() || this.contents() === this.refused) return
    this.running = this.send().finally(() => { this.running = null })
    await this.running
  }

  // A save on its way is waited for: its answer holds the version that the form must send.
  leave (event) {
    clearTimeout(this.pause)
    this.leaving = true
    if (!this.running) return
    event.preventDefault()
    if (this.waiting) return
    this.waiting = true
    this.running.then(() => { this.waiting = false; this.form.requestSubmit(event.submitter) })
  }

  async send () {
    const contents = this.contents()
    const token = this.form.elements.namedItem('csrf_token')
    try {
      const response = await fetch(this.form.dataset.autosaveUrl, {
        method: 'POST',
        body: contents,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-CSRFToken': token ? token.value : '', Accept: 'application/json' },
        credentials: 'same-origin',
        redirect: 'manual',
        signal: AbortSignal.timeout(LONGEST_WAIT)
      })
      await this.hear(response, contents)
    } catch {
      this.say('Not saved: the service cannot be reached. Keep this page open. We will keep trying.', true)
    }
  }

  async hear (response, contents) {
    if (response.ok) {
      const answer = await response.json()
      this.saved = contents
      const version = this.form.elements.namedItem('version')
      if (version && answer.version !== undefined) {
        version.value = answer.version
        this.saved = withValue(contents, 'version', answer.version)
      }
      showNotices(this.form, answer.notices || [])
      this.say(`Saved at ${answer.saved_at}`)
    } else if (response.status === 409) {
      this.outdated = true
      this.say('Not saved: newer text was saved from another tab or computer. Copy what you have typed here, then reload the page.', true)
    } else if (response.status === 401 || response.status === 403 || response.type === 'opaqueredirect') {
      this.say('Not saved: you are signed out. Sign in again in another tab and keep this one open. We will keep trying.', true)
    } else if (response.status >= 500) {
      this.say('Not saved: the service is busy or has a fault. Keep this page open. We will keep trying.', true)
    } else {
      this.refused = contents
      this.say('Not saved: something here was refused. Use the save button to see what to change.', true)
    }
  }
}

// What does not sit together, as the server says it with each saving.
function showNotices (form, sentences) {
  const notices = form.querySelector('[data-notices]')
  if (!notices) return
  const items = sentences.map(sentence => {
    const item = document.createElement('li')
    item.textContent = sentence
    return item
  })
  notices.querySelector('ul').replaceChildren(...items)
  notices.hidden = !items.length
}

function withValue (contents, name, value) {
  const pairs = new URLSearchParams(contents)
  pairs.set(name, value)
  return pairs.toString()
}

// Rows that can be added. <div data-rows data-rows-most="20"> holds [data-row] elements whose controls are named
// <list>-<number>-<part>. The button [data-add-row] beside them sends the form where scripts do not work.
function addRow (rows) {
  const all = rows.querySelectorAll('[data-row]')
  const last = all[all.length - 1]
  const old = last.dataset.row
  const number = Number(old) + 1
  const row = last.cloneNode(true)
  row.dataset.row = number
  for (const element of row.querySelectorAll('*')) {
    for (const name of ['id', 'name', 'for', 'aria-describedby', 'aria-labelledby']) {
      const value = element.getAttribute(name)
      if (value) element.setAttribute(name, value.replaceAll(`-${old}-`, `-${number}-`))
    }
  }
  for (const control of row.querySelectorAll('input, textarea, select')) blank(control)
  for (const message of row.querySelectorAll('.govuk-error-message, [data-row-once]')) message.remove()
  for (const group of row.querySelectorAll('[class*="--error"]')) {
    group.className = group.className.split(' ').filter(name => !name.endsWith('--error')).join(' ')
  }
  const title = row.querySelector('[data-row-number]')
  if (title) title.textContent = all.length + 1
  last.after(row)
  const first = row.querySelector('input, textarea, select')
  if (first) first.focus()
  return all.length + 1
}

function blank (control) {
  if (control.type === 'radio' || control.type === 'checkbox') control.checked = false
  else control.value = ''
}

for (const rows of document.querySelectorAll('[data-rows]')) {
  const button = rows.querySelector('[data-add-row]')
  if (!button) continue
  button.addEventListener('click', event => {
    event.preventDefault()
    if (addRow(rows) >= Number(rows.dataset.rowsMost || 20)) button.remove()
  })
}

// Forms without autosave still warn before typed text is lost, where they ask for it.
for (const form of document.querySelectorAll('form[data-warn-unsaved]')) {
  let changed = false
  form.addEventListener('input', () => { changed = true })
  form.addEventListener('submit', () => { changed = false })
  window.addEventListener('beforeunload', event => { if (changed) event.preventDefault() })
}

// How long something has been open runs on while the page is looked at; the count begins where the server left it.
for (const open of document.querySelectorAll('[data-minutes]')) {
  const begun = performance.now()
  const before = Number(open.dataset.minutes)
  setInterval(() => { open.textContent = howLong(before + Math.floor((performance.now() - begun) / 60000)) }, 10000)
}

function howLong (minutes) {
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  const parts = days > 1 ? [[days, 'day'], [hours % 24, 'hour']] : [[hours, 'hour'], [minutes % 60, 'minute']]
  const said = parts.filter(([count]) => count).map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`)
  return said.join(' ') || 'less than a minute'
}

// Questions that follow from an answer stay away until it is given. What holds text is never hidden.
for (const part of document.querySelectorAll('[data-when]')) {
  const form = part.closest('form')
  const codes = part.dataset.whenIs.split(' ')
  const words = part.querySelector('[data-when-words]')
  const said = words ? words.textContent : ''
  const isFilled = box => ['radio', 'checkbox'].includes(box.type) ? box.checked : box.value.trim() !== ''
  const show = () => {
    const asked = new FormData(form).getAll(part.dataset.when).some(code => codes.includes(code))
    part.hidden = !asked && ![...part.querySelectorAll('input, textarea, select')].some(isFilled)
    if (words) words.textContent = asked ? '' : `This is not part of the audit now. ${said}`
  }
  if (!form.elements.namedItem(part.dataset.when)) continue
  form.addEventListener('change', show)
  show()
}

initAll()
for (const form of document.querySelectorAll('form[data-autosave-url]')) new Autosave(form) // eslint-disable-line no-new
