from django.urls import path

from demo import views

urlpatterns = [
    path("", views.cast, name="demo_cast"),
    path("sign-in/<slug:username>/", views.sign_in, name="demo_sign_in"),
]
