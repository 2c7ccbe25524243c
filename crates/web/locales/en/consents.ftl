# Consents.
nav-consents = Consents
consents-lead = Some bodies may look at your records only if you let them. You decide: all of it, less, or nothing. You can pause it or take it back at any time, and it holds from the next look on. Refusing is never held against you here.
consents-waiting = Waiting for you
consents-waiting-none = Nobody is waiting for your answer.
consents-running = Running
consents-running-none = No consent of yours is running.
consents-ended = Ended
consent-title = Consent
consent-body = Who asks
consent-purpose = Purpose
consent-profession = Profession
consent-sees = What may be seen
consent-from-until = From – until
consent-days = { $from } – { $until }, both included
consent-often = How often
consent-times =
    { $n ->
        [one] 1 time
       *[other] { $n } times
    }
consent-used-of = { $used } of { $n } used
consent-keep = The answer may be kept
consent-keep-days =
    { $n ->
        [one] 1 day
       *[other] { $n } days
    }
consent-ceiling = The most for this purpose
consent-ceiling-words = By consent, for { $days } days, { $looks } looks, with the answer kept for { $keep } days, at the most.
consent-asked-at = Asked
consent-asked-on = Asked on { $moment }
consent-standing = How it stands
consent-asked = Waiting for you
consent-lapsed = Ended without an answer
consent-refused = You refused
consent-not-yet = Given, not begun
consent-granted = Running
consent-paused = Paused
consent-revoked = Taken back
consent-expired = Its last day is over
consent-used-up = Used up
consent-decide = Decide
consent-decide-words = Leave it as it is to grant all that is asked for, or grant less: untick fields, set an earlier last day, or allow fewer looks.
consent-fields = What may be seen
consent-fields-hint = Untick what you would rather not show. Untick all of one kind to leave that kind out.
consent-until = Last day
consent-until-hint = { $day } at the latest. In the form 2026-12-31.
consent-looks-hint =
    { $n ->
        [one] Once is asked for.
       *[other] { $n } times at most.
    }
consent-choose-field = Choose at least one field, or refuse
consent-until-malformed = Write the last day as year, month and day, such as 2026-12-31
consent-until-outside = Choose a last day that is not over and not later than asked for
consent-looks-outside = Allow at least one look, and not more than asked for
consent-grant = Grant this
consent-refuse = Refuse
consent-pause = Pause
consent-resume = Resume
consent-revoke = Take back
consent-narrowed = The rules now allow less than when this was asked for. What you see here is what holds today; nobody can look for longer, more often or at more than that.
consent-less = You granted less than was asked for.
consent-looks = What was looked at under it
consent-looks-none = Nobody has looked under it.
consent-refuse-title = Refuse this request?
consent-refuse-words = { $body } will see nothing. This cannot be undone; they can ask again. Nobody else learns that you refused.
consent-refuse-button = Refuse
consent-revoke-title = Take this consent back?
consent-revoke-words = { $body } can look no more from now on. This cannot be undone; they would have to ask again. If you only want to stop for a while, pause it.
consent-revoke-button = Take it back
confirm-keep = No, go back
