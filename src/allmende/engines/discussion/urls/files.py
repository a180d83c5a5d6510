"""Downloads, the same in every language."""

from django.urls import path

from allmende.engines.discussion.views.public import log_file

app_name = "discussion_files"

urlpatterns = [path("moderation/protokoll.<slug:ending>", log_file, name="log")]
