from django.urls import path

from overview import views

urlpatterns = [
    path("", views.start, name="start"),
    path("home/", views.home, name="home"),
    path("promises/", views.promises, name="promises"),
]
