from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "allmende.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Hears from allauth what it changes by itself."""
        from allauth.account.signals import email_changed
        from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
        from allauth.socialaccount.signals import social_account_added, social_account_removed

        from allmende.accounts.handlers import note_factor, note_identity, note_new_address

        email_changed.connect(note_new_address, dispatch_uid="accounts.note_new_address")
        social_account_added.connect(note_identity, dispatch_uid="accounts.note_identity")
        social_account_removed.connect(note_identity, dispatch_uid="accounts.note_identity")
        for signal in (authenticator_added, authenticator_removed, authenticator_reset):
            signal.connect(note_factor, dispatch_uid="accounts.note_factor")
