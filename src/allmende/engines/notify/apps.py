from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "allmende.engines.notify"
    label = "notify"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from allmende.engines.notify import handlers

        user_logged_in.connect(handlers.say_what_does_not_arrive, dispatch_uid="notify.say_what_does_not_arrive")
