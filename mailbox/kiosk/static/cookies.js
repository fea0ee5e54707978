// An enrolment is a cookie: where the browser keeps none, the teacher is told before the link is used up.
export function start(root) {
  root.querySelectorAll("[data-no-cookies]").forEach((place) => { place.hidden = navigator.cookieEnabled; });
}
