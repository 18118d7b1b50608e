"""People, offices and words."""

from django.contrib.auth.models import Group

from bench.large_data.base import BaseMaker
from bench.large_data.sizes import TODAY
from inquiry.models import (
    CategoryMapping,
)
from portal.org.enums import Role
from portal.org.models import (
    Membership,
    Office,
    Topic,
    User,
)
from search.models import Synonym


class PeopleMaker(BaseMaker):
    def _people(self) -> None:
        self.offices = Office.objects.bulk_create(
            Office(department=self._department(number), level="municipal", name=f"宁川市第{number}单位")
            for number in range(max(20, self.sizes.people // 10))
        )
        people = User.objects.bulk_create(
            User(username=f"person{number}", display_name=f"陈岚{number}")
            for number in range(self.sizes.people)
        )
        Membership.objects.bulk_create(
            Membership(user=person, office=self.offices[number % len(self.offices)], since=TODAY)
            for number, person in enumerate(people)
        )
        self.people, (self.administrator, self.analyst, self.trainee) = people, people[:3]
        groups = {group.name: group for group in Group.objects.all()}
        for person, role in ((self.analyst, Role.ANALYST), (self.trainee, Role.TRAINEE)):
            person.groups.add(groups[role])
        through = User.groups.through
        # Offered where somebody is chosen: every second person may be given work.
        through.objects.bulk_create(
            through(user=person, group=groups[Role.ANALYST if number % 2 else Role.TRAINEE])
            for number, person in enumerate(people[3:])
        )
        self.administrator.groups.add(*groups.values())
        User.objects.filter(pk=self.administrator.pk).update(is_superuser=True, is_staff=True)
        self.administrator.refresh_from_db()

    def _vocabulary(self) -> None:
        count = self.sizes.vocabulary
        self.topics = Topic.objects.bulk_create(
            Topic(name=f"主题{number}", slug=f"topic-{number}") for number in range(count)
        )
        Synonym.objects.bulk_create(
            Synonym(term=f"社矫词{number}", key=f"社矫词{number}", others=f"矫正说法{number}")
            for number in range(count)
        )
        CategoryMapping.objects.bulk_create(
            CategoryMapping(received=f"类别{number}", topic=self.topics[number]) for number in range(count)
        )
