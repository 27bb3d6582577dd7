// Who is told: mail's settings, and whether the other sinks can be reached.

import { get, post } from "./api.js";
import { button, card, field, fill, h, table } from "./dom.js";
import { attempt, typed } from "./parts.js";
import { isHub, ofSensor } from "./role.js";
import { count, shown } from "./words.js";

export async function show(place) {
  const [hub, email, sinks] = await Promise.all([isHub(), ofSensor("/api/email/config").catch((error) => error), get("/api/sinks")]);
  if (!place.here()) return;
  fill(place.body,
    card("Mail", {}, email instanceof Error ? h("p", { class: hub ? "dim" : "alarm" }, shown(email.message)) : form(email)),
    card("Other ways", {}, h("p", { class: "dim" }, "They are set up in the configuration file ([[sink]]); a test sends one event."), rows(sinks.items)));
}

function form(email) {
  const text = (key, more = {}) => h("input", { value: email[key], maxlength: 320, autocomplete: "off", spellcheck: "false", ...more });
  const number = (key, max) => h("input", { type: "number", min: 0, max, step: "any", required: "", value: email[key] });
  const tick = (key) => h("input", { type: "checkbox", checked: email[key] });
  const inputs = {
    enabled: tick("enabled"),
    smtp_host: text("smtp_host", { maxlength: 253, placeholder: "mail.example.org" }),
    smtp_port: h("input", { type: "number", min: 1, max: 65535, required: "", value: email.smtp_port }),
    smtp_starttls: tick("smtp_starttls"),
    smtp_user: text("smtp_user"),
    smtp_password: text("smtp_password", { type: "password", maxlength: 1024, autocomplete: "new-password" }),
    from_addr: text("from_addr"),
    to_addr: text("to_addr", { placeholder: "me@example.org" }),
    trigger_ports: h("input", { value: email.trigger_ports.join(", "), placeholder: "all", inputmode: "text", pattern: "[0-9, ]*" }),
    batch_delay_seconds: number("batch_delay_seconds", 86400),
    cooldown_seconds: number("cooldown_seconds", 604800),
  };
  const save = () => attempt("The mail settings are saved.", () => post("/api/email/config", wish(inputs)));
  const test = async () => {
    if (element.reportValidity() && (await save())) await attempt("A test mail is on its way.", () => post("/api/email/test"));
  };
  const element = h("form", { class: "fields", onsubmit: (event) => save(event.preventDefault()) },
    field("Send mail", inputs.enabled), field("Server", inputs.smtp_host), field("Server's port", inputs.smtp_port),
    field("STARTTLS", inputs.smtp_starttls, "Off for a server that speaks plain."),
    field("User", inputs.smtp_user), field("Password", inputs.smtp_password, "Asterisks stand for the one that is set."),
    field("From", inputs.from_addr, "Empty: the user."), field("To", inputs.to_addr),
    field("Ports", inputs.trigger_ports, "Connections to these are told of, 22, 3306; empty: all."),
    field("Gather for", inputs.batch_delay_seconds, "Seconds from the first connection to the mail that tells of it."),
    field("Keep quiet for", inputs.cooldown_seconds, "Seconds between two mails, at least."),
    h("div", { class: "tools" }, h("button", { class: "main" }, "Save"), button("Send test email", test)));
  return element;
}

/** The settings as they stand in the form. */
function wish(inputs) {
  const value = (input) => (input.type === "checkbox" ? input.checked : input.type === "number" ? Number(input.value) : input.value);
  const told = Object.fromEntries(Object.entries(inputs).map(([key, input]) => [key, value(input)]));
  return { ...told, trigger_ports: told.trigger_ports.split(/[\s,]+/).filter(Boolean).map(Number) };
}

function rows(items) {
  return table("Sinks", ["name", "kind", "written", "failed", "dropped", ""], items.map((sink) => [
    typed(sink.name, 80), typed(sink.kind, 30), count(sink.written), count(sink.failed), count(sink.dropped),
    sink.testable && button("Test", () => attempt(`A test event went to ${sink.name}.`, () => post("/api/sinks/test", { name: sink.name })), { "aria-label": `Test ${shown(sink.name, 80)}` }),
  ]), [2, 3, 4]);
}
