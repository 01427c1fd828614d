/* Pictures in the desk's forms: the dialog that chooses or uploads one, the lead picture, and the node of the
   rich-text editor. `Picture` is the name in EDITOR_EXTENSIONS of articles/rich_text.py. All words come from
   the page (templates/admin/articles/image/_picker.html); without it there is no button and no dialog. */
import { Node, pm } from "django-prose-editor/editor";

const dialog = document.getElementById("picture-picker");
const words = dialog ? dialog.dataset : {};

/* What the desk knows of the pictures that are on this page, by uid. */
const known = new Map();

async function ask(parameters) {
  const url = new URL(words.pictures, location.href);
  for (const [name, value] of Object.entries(parameters)) if (value) url.searchParams.set(name, value);
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function told(uid) {
  if (!known.has(uid)) {
    const asked = ask({ uid }).then(({ pictures }) => pictures[0]);
    asked.catch(() => known.delete(uid));
    known.set(uid, asked);
  }
  return known.get(uid);
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/* --- the dialog */

const picker = dialog && (() => {
  const find = dialog.querySelector(".find");
  const said = dialog.querySelector(".said");
  const found = dialog.querySelector(".found");
  const more = dialog.querySelector(".more");
  const send = dialog.querySelector(".send");
  let take = null;

  function say(sentence) {
    said.textContent = sentence;
  }

  function choose(picture) {
    known.set(picture.uid, Promise.resolve(picture));
    const taker = take;
    dialog.close();
    taker?.(picture);
  }

  function choice(picture) {
    const image = element("img", { src: picture.thumbnail, alt: "", loading: "lazy" });
    const about = [picture.credit, picture.rights].filter(Boolean).join(" · ");
    const button = element("button", { type: "button" },
      image, element("b", { textContent: picture.label }), element("small", { textContent: about }));
    button.addEventListener("click", () => choose(picture));
    return element("li", {}, button);
  }

  async function show({ before = "" } = {}) {
    const typed = find.querySelector("input").value.trim();
    try {
      const answer = await ask({ q: typed, before });
      if (!before) found.replaceChildren();
      found.append(...answer.pictures.map(choice));
      more.hidden = !answer.before;
      more.dataset.before = answer.before;
      say(found.children.length ? "" : (typed ? words.none : words.empty));
    } catch {
      say(words.failed);
    }
  }

  function sayErrors(errors) {
    let first = null;
    for (const row of send.querySelectorAll("[data-field]")) {
      const told = errors[row.dataset.field] || [];
      const list = row.querySelector(".errorlist");
      const field = row.querySelector("input, textarea");
      list.replaceChildren(...told.map((textContent) => element("li", { textContent })));
      list.hidden = !told.length;
      row.classList.toggle("errors", told.length > 0);
      field.toggleAttribute("aria-invalid", told.length > 0);
      const described = [told.length ? list.id : "", row.querySelector(".help")?.id].filter(Boolean).join(" ");
      if (described) field.setAttribute("aria-describedby", described);
      else field.removeAttribute("aria-describedby");
      if (told.length) first ||= field;
    }
    say((errors.__all__ || []).join(" "));
    first?.focus();
  }

  async function upload(event) {
    event.preventDefault();
    const button = send.querySelector("[type=submit]");
    if (button.disabled) return;
    button.disabled = true;
    say(words.uploading);
    try {
      const body = new FormData(send);
      const answer = await fetch(words.upload, { method: "POST", body, headers: { Accept: "application/json" } });
      const { picture, errors } = await answer.json();
      sayErrors(errors || {});
      if (picture) {
        send.reset();
        choose(picture);
      }
    } catch {
      say(words.failed);
    } finally {
      button.disabled = false;
    }
  }

  find.addEventListener("submit", (event) => { event.preventDefault(); show(); });
  more.addEventListener("click", () => show({ before: more.dataset.before }));
  send?.addEventListener("submit", upload);
  /* What is typed here is not the story's. */
  for (const kind of ["input", "change"]) dialog.addEventListener(kind, (event) => event.stopPropagation());
  dialog.querySelector(".close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => { take = null; });

  return {
    open(taker) {
      take = taker;
      say("");
      dialog.showModal();
      find.querySelector("input").focus();
      show();
    },
  };
})();

/* --- the picture that leads the story */

function leadPicture(box) {
  const field = box.querySelector("input[name]");
  const shown = box.querySelector(".shown");
  const remove = box.querySelector(".remove");
  let drawn = field.value;

  function show(picture) {
    drawn = field.value;
    shown.replaceChildren(...(picture ? [
      ...(picture.thumbnail ? [element("img", { src: picture.thumbnail, alt: "" })] : []),
      element("p", { textContent: picture.label }),
    ] : []));
    remove.hidden = !field.value;
  }

  /* Something else than this script has set the field, such as words that were recovered. */
  async function draw() {
    if (drawn === field.value) return;
    const number = field.value;
    const { pictures } = number ? await ask({ number }) : { pictures: [] };
    if (number === field.value) show(pictures[0]);
  }

  function set(picture) {
    field.value = picture ? picture.id : "";
    show(picture);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  box.querySelector(".by-number").hidden = true;
  box.querySelector(".by-script").hidden = false;
  box.querySelector(".choose").addEventListener("click", () => picker.open(set));
  remove.addEventListener("click", () => { set(null); box.querySelector(".choose").focus(); });
  field.addEventListener("input", () => draw().catch(() => {}));
  remove.hidden = !field.value;
}

if (picker) for (const box of document.querySelectorAll(".lead-picture")) leadPicture(box);

/* --- the node of the editor */

/* Puts a picture after the paragraph of the cursor, or in its place where it is empty. */
function insert(editor, uid) {
  const { doc, selection: { $to } } = editor.state;
  const isInText = $to.parent.isTextblock;
  const to = isInText ? $to.after() : $to.pos;
  const from = isInText && !$to.parent.content.size ? $to.before() : to;
  const picture = { type: "picture", attrs: { uid } };
  const content = to === doc.content.size ? [picture, { type: "paragraph" }] : picture;
  editor.chain().focus().insertContentAt({ from, to }, content).command(({ tr }) => {
    tr.setSelection(pm.state.Selection.near(tr.doc.resolve(from + 1))); // what is typed next replaces nothing
    return true;
  }).run();
}

/* Changes places with the block before (-1) or after (1) it, within the same parent. */
function move(editor, position, step) {
  const place = editor.state.doc.resolve(position);
  const other = place.parent.maybeChild(place.index() + step);
  if (!other) return;
  const target = position + step * other.nodeSize;
  editor.chain().command(({ tr }) => {
    tr.delete(position, position + place.nodeAfter.nodeSize).insert(target, place.nodeAfter);
    return true;
  }).setNodeSelection(target).scrollIntoView().run();
}

function selected(editor) {
  const { node, from } = editor.state.selection;
  return node?.type.name === "picture" ? from : null;
}

export const Picture = Node.create({
  name: "picture",
  group: "block",
  atom: true,
  draggable: true,

  addAttributes() {
    return {
      uid: {
        default: null,
        parseHTML: (figure) => figure.getAttribute("data-image"),
        renderHTML: ({ uid }) => ({ "data-image": uid }),
      },
    };
  },

  parseHTML() {
    return [{ tag: "figure[data-image]" }];
  },

  renderHTML({ HTMLAttributes }) {
    return ["figure", HTMLAttributes];
  },

  addNodeView() {
    return ({ node, editor, getPos }) => {
      const image = element("img", { alt: "", draggable: false });
      const label = element("figcaption");
      const act = (name, does) => {
        const button = element("button", { type: "button", textContent: words[name] });
        button.addEventListener("click", does);
        return button;
      };
      const buttons = element("div", { className: "acts" },
        act("up", () => move(editor, getPos(), -1)),
        act("down", () => move(editor, getPos(), 1)),
        act("remove", () => editor.chain().focus().setNodeSelection(getPos()).deleteSelection().run()));
      const dom = element("figure", { className: "picture", contentEditable: "false" }, image, label);
      if (picker && editor.isEditable) dom.append(buttons);
      const missing = () => {
        image.remove();
        label.textContent = [label.textContent, words.missing].filter(Boolean).join(" ");
      };
      if (picker) {
        told(node.attrs.uid).then((picture) => {
          label.textContent = picture ? picture.label : "";
          if (!picture?.thumbnail) return missing();
          image.addEventListener("error", missing);
          image.src = picture.thumbnail;
          return undefined;
        }).catch(missing);
      }
      return { dom, stopEvent: (event) => buttons.contains(event.target) };
    };
  },

  addKeyboardShortcuts() {
    const shift = (step) => () => {
      const position = selected(this.editor);
      if (position === null) return false;
      move(this.editor, position, step);
      return true;
    };
    return { "Alt-ArrowUp": shift(-1), "Alt-ArrowDown": shift(1) };
  },

  addMenuItems({ buttons, menu }) {
    if (!picker) return;
    menu.defineItem({
      name: "picture",
      groups: "nodes",
      button: buttons.material("image", words.button),
      command(editor) {
        picker.open(({ uid }) => insert(editor, uid));
      },
    });
  },
});
