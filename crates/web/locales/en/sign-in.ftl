sign-in-title = Sign in
sign-in-demo = This is a demonstration. Sign in as any of these made-up people: somebody with records, somebody who works for a body, or a reviewer. No password is needed.
sign-in-as = Who would you like to be?
sign-in-people = A person with records
sign-in-clerks = Somebody who works for an authority or another body
sign-in-button = Sign in
sign-in-choose = Choose somebody to sign in as
sign-in-none = Signing in is not set up on this installation. Checking a certificate needs no account.
