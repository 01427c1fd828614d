"""Pictures: the list, taking them in, their words and rights, and in which stories they stand."""

import re

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_tasks_db.admin import DBTaskResult

from articles import renditions, times
from articles.admin import rights
from articles.admin.desk import DeskAdmin
from articles.forms import number_of
from articles.models import Article, Edition, Image, SetAside
from articles.picture_files import file_response
from articles.picture_forms import ImageForm, SentAgainForm, taken_in
from articles.pictures import DEFAULT_WIDTH
from articles.rich_text import clean_html, print_markers, print_pictures
from articles.times import moment_text

THUMBNAIL_WIDTH = 400
OFFERED = 24  # pictures at a time in the picker
USES_SHOWN = 50
PRINTED = {"alt", "is_decorative", "caption", "credit"}
WORDS = ["alt", "is_decorative", "caption", "credit"]
RIGHTS = ["licence", "rights_until"]

admin.site.unregister(DBTaskResult)  # the queue is looked after by its worker, and tells the log what fails


def working_copies_showing(image):
    """The stories whose working copy shows the picture, above it or in its body."""
    return Article.objects.filter(Q(image=image) | Q(body__contains=f'data-image="{image.uid}"'))


def thumbnail_address(image, *, width=THUMBNAIL_WIDTH):
    return f"{reverse('admin:articles_image_file', args=[image.uid])}?width={width}"


def desk_figures(images):
    """{uid: safe HTML} of pictures as the desk sees them in a text that it only reads."""
    return {
        str(image.uid): format_html(
            '<figure><img src="{}" alt="{}"><figcaption>{} {}</figcaption></figure>',
            thumbnail_address(image, width=DEFAULT_WIDTH), image.alt, image.caption, image.credit,
        )
        for image in images
    }  # fmt: skip


def body_at_the_desk(article, numbers):
    """The body of an Article, saved or not, for people who only read it: safe HTML with pictures and markers.

    `numbers` maps the keys of its citations to what their markers print.
    """
    body = print_markers(clean_html(article.body), numbers)
    return print_pictures(body, desk_figures(article.body_images()))


class RightsFilter(admin.SimpleListFilter):
    title = gettext_lazy("rights")
    parameter_name = "rights"

    def lookups(self, request, model_admin):
        return [("last", _("may be shown")), ("ended", _("have ended"))]

    def queryset(self, request, queryset):
        shown = Image.objects.shown().values("pk")
        if self.value() == "ended":
            return queryset.exclude(pk__in=shown)
        return queryset.filter(pk__in=shown) if self.value() == "last" else queryset


@admin.register(Image)
class ImageAdmin(DeskAdmin):
    form = ImageForm
    change_form_template = "admin/articles/image/change_form.html"
    list_display = ["number", "thumbnail", "described", "credit", "ends", "added"]
    list_display_links = ["number", "described"]
    list_filter = [RightsFilter]
    list_select_related = ["uploaded_by"]
    list_per_page = 30
    ordering = ["-pk"]
    search_fields = ["alt", "caption", "credit", "licence"]
    search_help_text = gettext_lazy("Search in descriptions, captions, credits and licences.")

    def get_fieldsets(self, request, obj=None):
        file = ["file"] if obj is None or not obj.edition_rows.exists() else []
        return [
            (_("Picture"), {"fields": [*file, *WORDS]}),
            (_("Rights"), {"fields": RIGHTS}),
            (_("Focal point"), {"classes": ["focal"], "fields": ["focal_x", "focal_y"]}),
        ]

    def pages(self):
        return {"pick": ("pick/", self.pick_view), "upload": ("upload/", self.upload_view), **super().pages()}

    def get_urls(self):
        # A browser may keep a picture: its view says for how long, which the guard of other pages would undo.
        file = self.admin_site.admin_view(self.file_view, cacheable=True)
        return [path("<uuid:uid>/file/", file, name="articles_image_file"), *super().get_urls()]

    # Who may do what: everybody who writes adds pictures, and changes their own.

    def has_change_permission(self, request, obj=None):
        if not super().has_change_permission(request, obj):
            return False
        is_own = obj is not None and obj.uploaded_by_id == request.user.pk
        return obj is None or is_own or request.user.has_perm("articles.edit_any_article")

    # The list.

    @admin.display(description=gettext_lazy("No."), ordering="pk")
    def number(self, image):
        return image.pk

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, image):
        if not image.is_shown():
            return "—"
        return format_html('<img class="thumb" src="{}" alt="" loading="lazy">', thumbnail_address(image))

    @admin.display(description=gettext_lazy("description"))
    def described(self, image):
        return image.alt or image.caption or _("Decoration only")

    @admin.display(description=gettext_lazy("rights end"), ordering="rights_until")
    def ends(self, image):
        return _rights_said(image) or "—"

    @admin.display(description=gettext_lazy("added"), ordering="uploaded_at")
    def added(self, image):
        when, who = moment_text(image.uploaded_at), image.uploaded_by
        return _("%(when)s by %(who)s") % {"when": when, "who": who} if who else when

    # The form.

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        # Looking into a picture and storing it takes seconds, and what follows holds the database's one write lock.
        may = self.has_change_permission if object_id else self.has_add_permission
        with taken_in(request.FILES if request.method == "POST" and may(request) else {}):
            return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj:
            context |= {
                "picture": obj,
                "address": thumbnail_address(obj, width=DEFAULT_WIDTH) if obj.is_shown() else "",
                "rights_said": _rights_said(obj),
                "uses": _Uses(obj, user=request.user),
                "is_in_use": obj.edition_rows.exists(),
            }
        return super().render_change_form(
            request, context, add=add, change=change, form_url=form_url, obj=obj
        )

    def save_model(self, request, obj, form, change):
        if not change:
            obj.uploaded_by = request.user
        outdated = _files_of(Image.objects.get(pk=obj.pk)) if change and "file" in form.changed_data else []
        super().save_model(request, obj, form, change)
        if "file" in form.changed_data:
            obj.renditions.all().delete()
            renditions.delete_files(outdated)
            renditions.queue(obj)
        if change and PRINTED.union(["file"]).intersection(form.changed_data):
            self._say_what_is_printed(request, obj)

    def _say_what_is_printed(self, request, image):
        count = working_copies_showing(image).mark_changed()
        if count:
            said = ngettext(
                "%(count)s story shows this picture. Readers see the new words when it is published again.",
                "%(count)s stories show this picture. Readers see the new words when they are published again.",
                count,
            )
            messages.info(request, said % {"count": count})

    def get_deleted_objects(self, objs, request):
        going, counts, missing_rights, protected = super().get_deleted_objects(objs, request)
        for image in objs:
            protected += _named_by_words(image)
        return going, counts, set() if protected else missing_rights, protected

    def delete_model(self, request, obj):
        renditions.delete_files(_files_of(obj))
        super().delete_model(request, obj)

    # What scripts of the desk ask.

    def pick_view(self, request):
        """Pictures to choose from, newest first: {"pictures": […], "before": what asks for the next ones, or ""}.

        Query: `q` words, `before` the number of the last one shown; or the `number` or the `uid`s of those wanted.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied(_("Your account may not look at pictures. Ask an editor."))
        images = Image.objects.shown().order_by("-pk")
        if "uid" in request.GET:
            images = Image.objects.filter(uid__in=_uids(request.GET.getlist("uid"))).order_by("-pk")
        if number := request.GET.get("number", ""):
            images = Image.objects.filter(pk=number_of(number))
        before, words = number_of(request.GET.get("before", "")), request.GET.get("q", "").split()
        if before is not None:
            images = images.filter(pk__lt=before)
        for word in words:
            images = images.filter(
                Q(alt__icontains=word) | Q(caption__icontains=word) | Q(credit__icontains=word)
            )
        found = list(images[: OFFERED + 1])
        last = found[OFFERED - 1].pk if len(found) > OFFERED else ""
        return JsonResponse({"pictures": [_told(image) for image in found[:OFFERED]], "before": last})

    def upload_view(self, request):
        """Takes a picture in: {"picture": what `pick_view` tells of one}, or {"errors": {field: [sentences]}}.

        Either is an answer that the script reads, with status 200: a browser's console complains of others.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied(_("Your account may not add pictures. Ask an editor."))
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        with taken_in(request.FILES):
            form = SentAgainForm(request.POST, request.FILES)
            if not form.is_valid():
                return JsonResponse({"errors": {name: list(told) for name, told in form.errors.items()}})
            image = form.save(commit=False)
            image.uploaded_by = request.user
            image.save()
        renditions.queue(image)
        return JsonResponse({"picture": _told(image)})

    def file_view(self, request, uid):
        """The file nearest to `width`, for people of the desk; 404 once the rights have ended."""
        if not self.has_view_permission(request):
            raise PermissionDenied(_("Your account may not look at pictures. Ask an editor."))
        image = get_object_or_404(Image.objects.shown(), uid=uid)
        width = number_of(request.GET.get("width", ""))
        if width is None:
            raise Http404("A width is a number of pixels.")
        made = image.renditions.filter(format="jpeg", width__gte=width).order_by("width").first()
        return file_response(request, (made or image).file.name, kept="private, no-cache")


def _named_by_words(image):
    """What names the picture in its words alone, where no foreign key protects it; as a list of sentences."""
    in_text = Article.objects.filter(body__contains=f'data-image="{image.uid}"')
    kept = SetAside.objects.filter(Q(content__image_id=image.pk) | Q(content__body__icontains=str(image.uid)))
    return [
        *(_("Article: %(headline)s (in the text)") % {"headline": story} for story in in_text),
        *(_("Words set aside: %(words)s") % {"words": words} for words in kept.select_related("article")),
    ]


class _Uses:
    """In which stories a picture stands, for somebody of the desk: `count` of all, `rows` of those they may see."""

    def __init__(self, image, *, user):
        editions = Edition.objects.filter(image_rows__image=image).values("article")
        stories = Article.objects.filter(
            Q(pk__in=working_copies_showing(image).values("pk")) | Q(pk__in=editions)
        )
        self.count = stories.count()
        if not rights.sees_every_story(user):
            stories = stories.filter(pk__in=Article.objects.owned_by(user).values("pk"))
        in_copy = set(working_copies_showing(image).values_list("pk", flat=True))
        live = Edition.objects.live(at=times.now()).filter(image_rows__image=image)
        on_site = {edition.article_id: edition for edition in live.only("article_id", "path")}
        self.rows = [
            {"story": story, "is_in_copy": story.pk in in_copy, "live": on_site.get(story.pk)}
            for story in stories.order_by("-updated_at", "-pk")[:USES_SHOWN]
        ]

    @property
    def others_count(self):
        """How many more there are than are listed."""
        return self.count - len(self.rows)


def _told(image):
    """What scripts are told of a picture."""
    return {
        "id": image.pk, "uid": str(image.uid), "alt": image.alt, "caption": image.caption, "credit": image.credit,
        "label": image.alt or image.caption or _("Decoration only"),
        "thumbnail": thumbnail_address(image) if image.is_shown() else "",
        "width": image.width, "height": image.height, "rights": _rights_said(image),
    }  # fmt: skip


def _rights_said(image):
    """Until when it may be shown, or that this is over; "" where there is no end."""
    if not image.rights_until:
        return ""
    when = {"when": moment_text(image.rights_until)}
    return (_("Until %(when)s") if image.is_shown() else _("Ended on %(when)s")) % when


def _files_of(image):
    return [image.file.name, *image.renditions.values_list("file", flat=True)]


def _uids(texts):
    """Those of the texts that can be the uid of a picture."""
    return [text for text in texts if re.fullmatch(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)]
