// Everything here improves pages that already work without it. No module evaluates strings; htmx is told not to either.
import "./htmx.js";
import "./focus.js";
import "./status.js";
import "./counter.js";
import "./autosave.js";
import "./session.js";
import "./proof.js";
import "./disclose.js";
import "./select.js";
import "./combobox.js";
