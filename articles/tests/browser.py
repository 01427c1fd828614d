"""The desk in chromium, for tests: what the browser complains of, somebody signed in, and the editor's own state."""

EDITOR = ".prose-editor > .ProseMirror"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def complaints_of(page):
    """A list that grows with the errors of scripts, of the policy and of missing files on this page."""
    found = []
    page.set_default_timeout(15_000)
    page.on("console", lambda message: message.type in ("error", "warning") and found.append(message.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def sign_in(page, client, user, *, site):
    client.force_login(user)
    [cookie] = [morsel for morsel in client.cookies.values() if morsel.key == "desk_session"]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])


def select(page, block, *, at=0, words=None):
    """Puts the cursor at the end of the n-th block of that kind, or selects `words` in it, by the editor itself."""
    page.evaluate(
        """([selector, block, at, words]) => {
            const { editor } = document.querySelector(selector);
            let seen = -1;
            editor.state.doc.descendants((node, position) => {
                if (node.type.name !== block) return;
                seen += 1;
                if (seen !== at) return;
                const start = position + 1, end = start + node.content.size;
                const from = words ? start + node.textContent.indexOf(words) : end;
                editor.chain().focus().setTextSelection({ from, to: words ? from + words.length : end }).run();
            });
        }""",
        [EDITOR, block, at, words],
    )
    page.wait_for_selector(f"{EDITOR}:focus")


def paste(page, *, html="", text=""):
    """Pastes into the editor as the browser would, where the cursor stands."""
    page.evaluate(
        """([selector, html, text]) => {
            const data = new DataTransfer();
            if (html) data.setData("text/html", html);
            if (text) data.setData("text/plain", text);
            const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
            document.querySelector(selector).dispatchEvent(event);
        }""",
        [EDITOR, html, text],
    )


def copied(page):
    """What copying the selection puts into the clipboard: (HTML, plain text)."""
    return page.evaluate(
        """(selector) => {
            const data = new DataTransfer();
            const event = new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true });
            document.querySelector(selector).dispatchEvent(event);
            return [data.getData("text/html"), data.getData("text/plain")];
        }""",
        EDITOR,
    )


def body(page):
    """The body as the form would send it."""
    return page.input_value("textarea[name=body]")
