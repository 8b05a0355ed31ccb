// What scripts add to pages that already work without them: GOV.UK's own behaviour, autosave, the end of a session.
import { initAll } from './govuk-frontend.min.js'

const SAVE_EVERY = 20000
const PAUSE = 3000
const LONGEST_WAIT = 10000
const WARN_BEFORE = 180

// Autosave. A form asks for it with data-autosave-url. The server answers 200 with JSON {saved_at: "14:02", version, aside};
// with signed_out where the session has ended and the page's pass let the text in; 409 where an answer was changed
// elsewhere meanwhile, and what was typed here is kept beside it. What was typed is never kept in the browser.
class Autosave {
  constructor (form) {
    this.form = form
    this.status = form.querySelector('[data-autosave-status]') || this.addStatus()
    this.saved = this.contents()
    this.leaving = false
    this.refused = ''
    this.running = null
    this.waiting = false
    this.pause = 0
    form.addEventListener('input', () => this.waitForPause())
    form.addEventListener('change', () => this.save())
    form.addEventListener('focusout', () => this.save())
    form.addEventListener('submit', event => this.leave(event))
    document.addEventListener('visibilitychange', () => { if (document.hidden) this.save() })
    window.addEventListener('online', () => this.save())
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
    const pairs = [...new FormData(this.form)].filter(([name, value]) => typeof value === 'string' && name !== 'once')
    return new URLSearchParams(pairs).toString()
  }

  changed () { return this.contents() !== this.saved }

  waitForPause () {
    clearTimeout(this.pause)
    this.pause = setTimeout(() => this.save(), PAUSE)
  }

  say (words, warning = false, link = '') {
    this.status.classList.toggle('app-saved--warning', warning)
    if (this.status.textContent === words + link) return
    this.status.textContent = words
    if (!link) return
    const way = document.createElement('a')
    way.className = 'govuk-link'
    way.href = location.pathname
    way.textContent = link
    this.status.append(way)
  }

  async save () {
    clearTimeout(this.pause)
    if (this.running || this.leaving || !this.changed() || this.contents() === this.refused) return
    this.running = this.send().finally(() => { this.running = null })
    await this.running
  }

  // Before the page is left for good, what was typed is sent: without a network the page stays, with everything in it.
  leave (event) {
    clearTimeout(this.pause)
    if (this.leaving) return
    if (!this.running && !this.changed()) {
      this.leaving = true
      return
    }
    event.preventDefault()
    if (this.waiting) return
    this.waiting = true
    this.reach().then(reached => {
      this.waiting = false
      if (!reached) return
      this.leaving = true
      this.form.requestSubmit(event.submitter)
    })
  }

  async reach () {
    await this.running
    return !this.changed() || this.send()
  }

  // Whether the server answered; its answer holds the marks that the form must send from now on.
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
      return response.status < 500
    } catch {
      this.say('Not saved: the service cannot be reached. Keep this page open. We will keep trying.', true)
      return false
    }
  }

  async hear (response, contents) {
    if (response.ok || response.status === 409) {
      const answer = await response.json()
      if (answer.version === undefined) {
        this.refused = contents
        return this.say(`Not saved: ${answer.error} Copy what you have typed here before you leave the page.`, true)
      }
      this.keep(contents, answer)
      if (answer.signed_out) return this.say(`Saved at ${answer.saved_at}. You are signed out. `, true, 'Sign in to carry on')
      if (response.status === 409) return this.say(`${answer.error} `, true, 'Put them together')
      showNotices(this.form, answer.notices || [])
      document.dispatchEvent(new Event('app:active'))
      this.say(`Saved at ${answer.saved_at}`)
    } else if (response.status === 401 || response.status === 403 || response.type === 'opaqueredirect') {
      this.say('Not saved: you are signed out. Sign in again in another tab and keep this one open. We will keep trying.', true)
    } else if (response.status >= 500) {
      this.say('Not saved: the service is busy or has a fault. Keep this page open. We will keep trying.', true)
    } else {
      this.refused = contents
      this.say('Not saved: something here was refused. Use the save button to see what to change.', true)
    }
  }

  keep (contents, answer) {
    this.saved = contents
    for (const name of ['version', 'aside']) {
      const mark = this.form.elements.namedItem(name)
      if (!mark || answer[name] === undefined) continue
      mark.value = answer[name]
      this.saved = withValue(this.saved, name, answer[name])
    }
  }
}

// Some minutes before the session ends the page says so, with a button to stay; whatever is done in another tab counts.
class Ending {
  constructor (notice) {
    this.notice = notice
    this.words = notice.querySelector('[data-ending-words]')
    this.button = notice.querySelector('button')
    this.channel = new BroadcastChannel('session')
    this.channel.onmessage = () => this.begin()
    document.addEventListener('app:active', () => this.active())
    this.button.addEventListener('click', () => this.stay())
    document.addEventListener('focusin', event => { if (!notice.contains(event.target)) this.before = event.target })
    this.active()
  }

  active () {
    this.begin()
    this.channel.postMessage('active')
  }

  begin () {
    clearTimeout(this.timer)
    this.hide()
    const idle = Number(this.notice.dataset.idle)
    const fixed = Number(this.notice.dataset.fixed) - performance.now() / 1000
    this.last = fixed <= idle
    this.ends = Date.now() + Math.min(idle, fixed) * 1000
    this.timer = setTimeout(() => this.warn(), Math.max(0, Math.min(idle, fixed) - WARN_BEFORE) * 1000)
  }

  hide () {
    if (this.notice.contains(document.activeElement) && this.before) this.before.focus()
    this.notice.hidden = true
    this.words.textContent = ''
  }

  warn () {
    const at = new Date(this.ends).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
    this.notice.hidden = false
    this.button.hidden = this.last
    this.words.textContent = this.last
      ? `You will be signed out at ${at}, because you have been signed in for so long. Save what you are doing, then sign in again.`
      : `You will be signed out at ${at}, because this page was not used for a while.`
  }

  async stay () {
    const body = new URLSearchParams({ csrf_token: this.notice.dataset.token })
    try {
      const response = await fetch(this.notice.dataset.url, { method: 'POST', body, headers: { Accept: 'application/json' }, credentials: 'same-origin' })
      if (response.ok) return this.active()
      this.words.textContent = 'You are signed out. Sign in again in another tab, then come back to this page.'
    } catch {
      this.words.textContent = 'The service cannot be reached. Try again in a minute.'
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
for (const notice of document.querySelectorAll('[data-ending]')) new Ending(notice) // eslint-disable-line no-new
