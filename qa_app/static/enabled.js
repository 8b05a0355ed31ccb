// Runs before anything is drawn: says that scripts work, so that the style sheet may hide what scripts will show.
document.body.className += ' js-enabled' + ('noModule' in HTMLScriptElement.prototype ? ' govuk-frontend-supported' : '')
