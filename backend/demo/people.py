"""Who works at the demo shop, and the names, phones and addresses its customers are made of.

Phones are 555-0101 to 555-0199 of real area codes: those lines are kept for fiction and reach
nobody. Email domains are those of RFC 2606.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from backend.accounts.permissions import Role

Names = Iterator[str]


@dataclass(frozen=True, slots=True)
class StaffEntry:
    """A colleague: where they work is a tuple of location keys, `color` is the calendar's."""

    key: str
    name: str
    role: Role
    locations: tuple[str, ...]
    color: str | None = None

    @property
    def email(self) -> str:
        """The address to sign in with."""
        return f"{self.key}@keytag.test"


STAFF = (
    StaffEntry("owner", "Olivia Park", Role.OWNER, ("brooklyn", "mesa")),
    StaffEntry("advisor", "Sam Rivera", Role.ADVISOR, ("brooklyn", "mesa")),
    StaffEntry("elena.begay", "Elena Begay", Role.ADVISOR, ("mesa",)),
    StaffEntry("accountant", "Priya Nair", Role.ACCOUNTANT, ("brooklyn", "mesa")),
    StaffEntry("tech", "Marcus Bell", Role.TECH, ("brooklyn",), "#2563eb"),
    StaffEntry("mei.lin", "Mei Lin", Role.TECH, ("brooklyn",), "#c2410c"),
    StaffEntry("tomasz.nowak", "Tomasz Nowak", Role.TECH, ("brooklyn",), "#15803d"),
    StaffEntry("aisha.diallo", "Aisha Diallo", Role.TECH, ("brooklyn",), "#9333ea"),
    StaffEntry("luis.ortega", "Luis Ortega", Role.TECH, ("mesa",), "#0e7490"),
    StaffEntry("kayla.benally", "Kayla Benally", Role.TECH, ("mesa",), "#be123c"),
    StaffEntry("hank.sorensen", "Hank Sorensen", Role.TECH, ("mesa",), "#a16207"),
    StaffEntry("deepa.rao", "Deepa Rao", Role.TECH, ("mesa",), "#4f46e5"),
)

_GIVEN_NAMES = """
Aaliyah Aaron Abdul Abigail Adriana Ahmed Aiko Alejandra Alex Alice Amara Amir Ana Andre Angela Anika Anthony
Antonio April Arjun Ashley Avery Bao Beatriz Ben Bianca Brandon Brenda Brian Brooke Caleb Camila Carla Carlos
Caroline Cesar Charlotte Chen Chloe Christopher Claire Connor Cynthia Daniel Danielle Darius David Deborah Devon
Diana Diego Dmitri Dominic Donna Dylan Ebony Eduardo Eleanor Elijah Elizabeth Emeka Emily Emma Eric Esther Ethan
Eva Farah Fatima Felix Fernando Frank Gabriel Gabriela George Gloria Grace Greg Gwen Hana Hannah Harold Hassan
Heather Hector Helen Henry Hiroshi Ian Ibrahim Ines Ingrid Irene Isaac Isabella Ivan Jacob Jada Jamal James
Janelle Jasmine Javier Jennifer Jerome Jessica Jin Joanna Jonathan Jordan Jorge José Joseph Joy Juan Julia Kareem
Karen Katherine Keisha Kelly Kenji Kevin Khalid Kim Kwame Lakshmi Lamar Laura Lauren Leah Leila Leon Leticia
Liam Lily Linda Lisa Logan Lorenzo Lucia Luke Madison Malik Manuel Maria Mariana Mark Martha Martin Maya Megan
Mei Melissa Michael Michelle Miguel Minh Miriam Mohammed Monica Nadia Naomi Natalie Nathan Nia Nicholas Nina
Noah Nora Olga Oliver Omar Oscar Pamela Patricia Patrick Paul Paula Pedro Peter Phuong Quinn Rachel Rafael Raj
Ramon Rebecca Renée Ricardo Rita Robert Rosa Roxanne Ruben Ruth Ryan Samantha Samir Samuel Sandra Sara Sean
Sergio Shanice Sharon Sierra Simone Sofia Sonia Stacy Stephen Steven Sunita Susan Tamika Tanya Tariq Teresa
Thomas Tiffany Tina Tomás Tran Trevor Tyler Tyrone Valeria Vanessa Victor Victoria Vikram Vincent Wei Wendy
Wesley William Xavier Yara Yasmin Yolanda Yuki Yusuf Zachary Zainab Zoë
"""
GIVEN_NAMES = tuple(_GIVEN_NAMES.split())

_FAMILY_NAMES = """
Abbott Abdi Acosta Adams Adeyemi Aguilar Ahmed Alvarez Anderson Armstrong Bailey Baker Banerjee Barnes Bauer
Begum Bell Bennett Bianchi Boateng Bowman Boyd Brooks Brown Bryant Burke Burns Butler Cabrera Campbell Cárdenas
Carter Castillo Castro Chan Chang Chavez Chen Cho Chowdhury Clark Cohen Cole Coleman Collins Cooper Cortez Cox
Crawford Cruz Cunningham Daniels Das Davis Delgado Desai Diaz Dixon Dominguez Dorsey Duncan Edwards Ellis
Espinoza Evans Farrell Feldman Fernandez Fischer Fisher Fleming Flores Ford Foster Fox Franklin Freeman Friedman
Fuentes Garcia Gibson Gill Goldberg Gomez Gonzalez Gordon Graham Grant Gray Green Greene Griffin Guerrero Gupta
Gutierrez Guzman Hall Hamilton Hansen Haddad Harper Harris Harrison Hayes Henderson Henry Hernandez Herrera Hill
Hoang Hoffman Holmes Hossain Howard Huang Hughes Hunt Hussain Ibarra Ivanov Iyer Jackson Jacobs James Jensen
Jimenez Johnson Jones Jordan Joseph Kaminski Kang Kaplan Kaur Kelly Kennedy Khan Kim King Klein Knight Kowalski
Kumar Lam Larson Lawson Le Lee Levine Lewis Li Lin Liu Long Lopez Luna MacDonald Mahmood Maldonado Marshall
Martin Martinez Mason Matthews McCarthy McCoy McKenzie Mehta Mendez Mendoza Meyer Miller Mills Mitchell Mohamed
Molina Montoya Moore Morales Moreno Morgan Morris Murphy Murray Myers Nakamura Navarro Nelson Newman Ng Nguyen
Nichols Nkosi Novak Nuñez Obrien Ochoa Okafor Okeke Olsen Ortiz Osei Owens Pacheco Palmer Parker Patel Patterson
Payne Peña Perez Perkins Perry Peters Peterson Petrov Pham Phillips Pierce Porter Powell Price Quinn Ramirez
Ramos Reddy Reed Reyes Reynolds Rice Richardson Rios Rivera Roberts Robinson Rodriguez Rogers Rojas Romano Rosen
Ross Rossi Ruiz Russell Ryan Saito Salazar Sanchez Sanders Sandoval Santiago Santos Sato Schmidt Schneider
Schwartz Scott Shah Shapiro Sharma Shaw Silva Simmons Simpson Singh Smith Snyder Soto Spencer Stephens Stevens
Stewart Stone Sullivan Suzuki Tanaka Taylor Thompson Torres Tran Tsosie Tucker Turner Vargas Vasquez Vega
Velasquez Vu Wagner Walker Wallace Wang Ward Warren Washington Watkins Watson Weaver Webb Weber Weiss Wells
West White Williams Wilson Wong Wood Woods Wright Wu Yang Yazzie Young Yu Zamora Zhang Zimmerman
"""
FAMILY_NAMES = tuple(_FAMILY_NAMES.split())

COMPANIES = {
    "brooklyn": (
        ("Gowanus Plumbing & Heating", 6),
        ("Red Hook Bread Co.", 4),
        ("Sunset Park Florists", 3),
        ("Flatbush Home Health", 8),
        ("Kings County Couriers", 9),
        ("Bay Ridge Electric", 5),
        ("Prospect Catering", 4),
        ("Greenpoint Film Rentals", 3),
        ("DUMBO Movers", 5),
        ("Coney Island Vending", 3),
        ("Boerum Locksmiths", 3),
        ("Bushwick Glass & Mirror", 4),
    ),
    "mesa": (
        ("Sonoran Pool Service", 7),
        ("Superstition Roofing", 5),
        ("Saguaro Landscape & Irrigation", 6),
        ("Desert Bloom Pediatrics", 3),
        ("East Valley Solar", 5),
        ("Copper State Pest Control", 6),
        ("Apache Trail Shuttle", 4),
        ("Red Mountain HVAC", 5),
        ("Salt River Kayaks", 3),
        ("Gilbert Mobile Vet", 3),
    ),
}

AREA_CODES = {
    "brooklyn": (718, 917, 347, 646, 929, 212, 332, 516, 914, 201, 551, 973, 862, 908, 732),
    "mesa": (480, 602, 623, 520, 928, 505, 702, 619, 303, 801),
}
FICTIONAL_LINES = range(101, 200)
EMAIL_DOMAINS = ("example.com", "example.com", "example.net", "example.org", "mail.test")

CUSTOMER_NOTES = (
    "Prefers texts over calls.",
    "Call before any work over $300.",
    "Please call after 4 pm, works nights.",
    "Wants the old parts back.",
    "Speaks Spanish; Sam can translate.",
    "Needs a ride to the subway.",
    "Always asks for Marcus.",
    "Has a spare key in the office safe.",
    "Pays by check.",
    "Uses a wheelchair; bring the car to the ramp.",
    "Referred by a neighbor, first visit discount used.",
    "Leave the seat where it is, bad back.",
)
FLEET_NOTES = (
    "Net 30. Send the invoice to accounts payable.",
    "Purchase order number needed before work starts.",
    "Fleet rate agreed with Olivia.",
)


def person_names(random: Random, count: int) -> list[str]:
    """Return `count` different full names."""
    names: dict[str, None] = {}
    while len(names) < count:
        names[f"{random.choice(GIVEN_NAMES)} {random.choice(FAMILY_NAMES)}"] = None
    return list(names)


def phone_numbers(random: Random, location: str) -> list[str]:
    """Return every fictional number of the location's area codes (E.164), shuffled."""
    numbers = [f"+1{area}5550{line}" for area in AREA_CODES[location] for line in FICTIONAL_LINES]
    random.shuffle(numbers)
    return numbers
