/* What the rich-text editor of the desk has beyond its own: markers that cite a source, and words in a language.
   The names exported are those of EDITOR_EXTENSIONS in articles/rich_text.py. */
import { InputRule, Mark, Node } from "django-prose-editor/editor";

/* The editor writes an inline stylesheet unless there is one, which the page's policy forbids. Its rules stand
   in editor.css; this element says so, in no namespace, so that the browser reads no stylesheet in it. */
const stylesAreElsewhere = document.createElementNS("", "style");
stylesAreElsewhere.setAttribute("data-tiptap-style", "");
document.head.append(stylesAreElsewhere);

/* The number under which a source prints: its place in the list, where the page shows one. */
function numberOf(key) {
  const rows = [...document.querySelectorAll("tr[data-key]")];
  const place = rows.findIndex((row) => row.dataset.key === key);
  return place < 0 ? `[${key}]` : String(place + 1);
}

export const Citation = Node.create({
  name: "citation",
  group: "inline",
  inline: true,
  atom: true,

  addAttributes() {
    return {
      key: {
        default: null,
        parseHTML: (element) => element.getAttribute("data-cite"),
        renderHTML: ({ key }) => ({ "data-cite": key }),
      },
    };
  },

  parseHTML() {
    return [{ tag: "sup[data-cite]", priority: 100 }]; // before superscript, which takes any sup
  },

  renderHTML({ HTMLAttributes }) {
    return ["sup", HTMLAttributes];
  },

  renderText({ node }) {
    return `[${node.attrs.key}]`;
  },

  addNodeView() {
    return ({ node }) => {
      const dom = document.createElement("sup");
      dom.className = "marker";
      dom.textContent = numberOf(node.attrs.key);
      dom.title = `[${node.attrs.key}]`;
      return { dom };
    };
  },

  addInputRules() {
    return [
      new InputRule({
        find: /\[(s[1-9][0-9]{0,4})\]$/,
        handler: ({ state, range, match }) => {
          state.tr.replaceWith(range.from, range.to, this.type.create({ key: match[1] }));
        },
      }),
    ];
  },
});

export const Language = Mark.create({
  name: "language",

  addAttributes() {
    return { lang: { default: null }, dir: { default: null } };
  },

  parseHTML() {
    return [{ tag: "span[lang]" }];
  },

  renderHTML({ HTMLAttributes }) {
    return ["span", HTMLAttributes, 0];
  },
});
