// htmx 4, its configuration in <meta name="htmx-config">: same origin only, no styles injected, no history of its own.
// Attributes that would compile code (hx-on, js:, trigger filters) are cut off here, in addition to the CSP.
import htmx from "htmx.org";

function Refused() {
  throw new Error("Code in attributes is not run.");
}

htmx.registerExtension("no-code", {
  init(api) {
    api.initSecurity(null, Refused, Refused);
  },
});

export default htmx;
