import "../look.css";
import "../shell.css";
import { chosenLang, wordsOf } from "../i18n/index.ts";
import { h } from "../ui/dom.ts";

const t = wordsOf(chosenLang(new URLSearchParams(location.search)));
document.title = `${t.shell.signIn} · ${t.title}`;
document.body.append(h("h1", {}, t.shell.signIn));
