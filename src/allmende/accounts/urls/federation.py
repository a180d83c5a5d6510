"""Where identity providers come back to: the same address in every language, since it is registered with them."""

from allauth.socialaccount.providers.saml import views as saml
from django.urls import path

from allmende.accounts.views import federation

urlpatterns = [
    path("konto/anbieter/oidc/<slug:provider_id>/", federation.oidc_login, name="openid_connect_login"),
    path("konto/anbieter/oidc/<slug:provider_id>/zurueck/", federation.oidc_callback, name="openid_connect_callback"),
    path("konto/anbieter/saml/<slug:organization_slug>/", saml.login, name="saml_login"),
    path("konto/anbieter/saml/<slug:organization_slug>/zurueck/", saml.acs, name="saml_acs"),
    path("konto/anbieter/saml/<slug:organization_slug>/fertig/", federation.saml_finish, name="saml_finish_acs"),
    path("konto/anbieter/saml/<slug:organization_slug>/abmelden/", saml.sls, name="saml_sls"),
    path("konto/anbieter/saml/<slug:organization_slug>/metadata/", saml.metadata, name="saml_metadata"),
]
