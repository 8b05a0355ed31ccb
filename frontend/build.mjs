// Compiles the style sheet and copies GOV.UK Frontend's script and licence into qa_app/static.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compile } from 'sass'

const here = dirname(fileURLToPath(import.meta.url))
const govuk = join(here, 'node_modules', 'govuk-frontend')
const out = join(here, '..', 'qa_app', 'static')
const version = JSON.parse(readFileSync(join(govuk, 'package.json'), 'utf8')).version
const notice = `/* Contains GOV.UK Frontend ${version}, MIT licence, see licences/govuk-frontend.txt */\n`

mkdirSync(join(out, 'licences'), { recursive: true })
const { css } = compile(join(here, 'app.scss'), {
  style: 'compressed', loadPaths: [join(here, 'node_modules')], quietDeps: true, charset: false
})
if (/GDS Transport|crown/i.test(css)) throw new Error('The style sheet names the GDS Transport font or a crown.')
writeFileSync(join(out, 'app.css'), notice + css + '\n')

const script = readFileSync(join(govuk, 'dist', 'govuk', 'govuk-frontend.min.js'), 'utf8')
writeFileSync(join(out, 'govuk-frontend.min.js'), notice + script.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n'))
copyFileSync(join(here, 'govuk-frontend-licence.txt'), join(out, 'licences', 'govuk-frontend.txt'))
console.log(`app.css ${css.length} bytes, govuk-frontend ${version}`)
