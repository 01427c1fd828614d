"""The desk in chromium, for tests: somebody signed in, what the browser complains of, barriers, the editor's state."""

from axe_core_python.base import AXE_SCRIPT
from django.test import Client

EDITOR = ".prose-editor > .ProseMirror"
WIDTHS = [390, 1280]
SCHEMES = ["light", "dark"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def complaints_of(context, *, but=()):
    """A list that grows with the errors of scripts, of the policy and of missing files in all tabs of a browser.

    What has one of the words of `but` in it is expected and left out.
    """
    found = []

    def note(message):
        is_expected = any(words in message.text for words in but)
        if message.type in ("error", "warning") and not is_expected:
            found.append(message.text)

    context.on("console", note)
    context.on("weberror", lambda raised: found.append(str(raised.error)))
    return found


def sign_in(context, user, *, site):
    """Gives the browser a session that was made in the database. The sign-in form is tested elsewhere."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies["desk_session"]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])


def open_page(page, address):
    """Opens an address of the site and waits for the rich-text editor where the page has one."""
    page.goto(address)
    if "/article/" in address and address.endswith(("/add/", "/change/")):
        page.wait_for_selector(EDITOR)
    return page


def save(page):
    """Saves by the shortcut and waits for the page that says so."""
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    assert page.locator(".messagelist .success").count() == 1


# Colours that are on their way from one scheme to the other are nobody's: every transition is brought to its end.
LOOK = """async ([rules, width]) => {
    for (const change of document.getAnimations()) if (change instanceof CSSTransition) change.finish();
    const { violations } = await axe.run({ runOnly: rules, resultTypes: ["violations"] });
    const places = ({ nodes }) => nodes.map(({ target }) => target.join(" ")).join(", ");
    const found = violations.map((violation) => `${violation.id} at ${places(violation)}`);
    const excess = document.documentElement.scrollWidth - width;
    return excess > 0 ? [...found, `${excess} px too wide`] : found;
}"""


def barriers(page):
    """What axe finds on the page as it stands, and a page wider than its window, as a list of lines.

    Looked at in both schemes and at both widths; nothing is opened anew, so dialogs and typed words stay.
    """
    page.evaluate(AXE_SCRIPT)
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found += [f"{width} px, {scheme}: {what}" for what in page.evaluate(LOOK, [RULES, width])]
    return found


class Colleague:
    """A member of the desk with a browser of their own, signed in; `troubles` is what it complains of."""

    def __init__(self, context, user, *, site, but=()):
        self.context, self.user, self.site = context, user, site
        self.troubles = complaints_of(context, but=but)
        self.page = context.new_page()
        self.sign_in()

    def sign_in(self):
        sign_in(self.context, self.user, site=self.site)

    def visit(self, address):
        return open_page(self.page, address)


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
