"""What `accord connect odata FILE` makes of metadata as vendors write them; tests/systems asks a real service."""

from pathlib import Path
from typing import Any

import pytest

from accord.connectorkit.drafting import Asked, Draft, find_drafter
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import manifest_from
from accord.core.errors import AccordError

HEAD = """<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="Vendor.Types" Alias="self" xmlns="http://docs.oasis-open.org/odata/ns/edm">"""
TAIL = "</Schema></edmx:DataServices></edmx:Edmx>"

BASE = """
<EntityType Name="entity" Abstract="true"><Key><PropertyRef Name="id"/></Key>
  <Property Name="id" Type="Edm.Guid" Nullable="false"/>
  <Property Name="lastModifiedDateTime" Type="Edm.DateTimeOffset" Precision="0"/></EntityType>
<EnumType Name="kind"><Member Name="Person" Value="0"/><Member Name="Company" Value="1"/></EnumType>
<EnumType Name="flags" IsFlags="true"><Member Name="A" Value="1"/></EnumType>
<TypeDefinition Name="amount" UnderlyingType="Edm.Decimal" Precision="12" Scale="2"/>
<ComplexType Name="place"><Property Name="country" Type="Edm.String" MaxLength="2"/></ComplexType>
<ComplexType Name="address" BaseType="self.place"><Property Name="city" Type="Edm.String" MaxLength="30"/></ComplexType>
<EntityType Name="customer" BaseType="self.entity">
  <Property Name="displayName" Type="Edm.String" Nullable="false" MaxLength="100"/>
  <Property Name="type" Type="self.kind"/>
  <Property Name="marks" Type="Vendor.Types.flags"/>
  <Property Name="balance" Type="self.amount"><Annotation Term="Org.OData.Core.V1.Computed" Bool="true"/></Property>
  <Property Name="address" Type="self.address"/>
  <Property Name="phones" Type="Collection(Edm.String)" Nullable="false"/>
  <Property Name="photo" Type="Edm.Stream"/>
  <Property Name="place" Type="Edm.GeographyPoint"/>
  <Property Name="countryCode" Type="Edm.String" MaxLength="2"/>
  <Property Name="size" Type="Edm.Int64" DefaultValue="7"/>
  <Property Name="open" Type="Edm.TimeOfDay"/>
  <NavigationProperty Name="country" Type="self.country">
    <ReferentialConstraint Property="countryCode" ReferencedProperty="code"/></NavigationProperty>
  <NavigationProperty Name="owner" Type="self.customer"/>
</EntityType>
<EntityType Name="country"><Key><PropertyRef Name="code"/></Key>
  <Property Name="code" Type="Edm.String" MaxLength="2" Nullable="false"/><Property Name="name" Type="Edm.String"/>
</EntityType>
<EntityType Name="pair"><Key><PropertyRef Name="a"/><PropertyRef Name="b"/></Key>
  <Property Name="a" Type="Edm.Int32" Nullable="false"/><Property Name="b" Type="Edm.Int32"/></EntityType>
<EntityType Name="secret"><Key><PropertyRef Name="id"/></Key><Property Name="id" Type="Edm.Int32"/></EntityType>
<EntityType Name="day"><Key><PropertyRef Name="day"/></Key><Property Name="day" Type="Edm.Date"/></EntityType>
<EntityContainer Name="all">
  <EntitySet Name="customers" EntityType="self.customer"/>
  <EntitySet Name="countries" EntityType="Vendor.Types.country"/>
  <EntitySet Name="pairs" EntityType="self.pair"/>
  <EntitySet Name="days" EntityType="self.day"/>
  <EntitySet Name="secrets" EntityType="self.secret"><Annotation Term="Org.OData.Capabilities.V1.ReadRestrictions">
    <Record><PropertyValue Property="Readable" Bool="false"/></Record></Annotation></EntitySet>
  <Singleton Name="me" Type="self.customer"/>
</EntityContainer>
<Annotations Target="self.all"><Annotation Term="Org.OData.Capabilities.V1.BatchSupported" Bool="false"/></Annotations>
<Annotations Target="self.all/countries">
  <Annotation Term="Org.OData.Capabilities.V1.InsertRestrictions">
    <Record><PropertyValue Property="Insertable"><Bool>false</Bool></PropertyValue></Record></Annotation>
  <Annotation Term="Org.OData.Capabilities.V1.UpdateRestrictions"><Record>
    <PropertyValue Property="NonUpdatableProperties">
      <Collection><PropertyPath>name</PropertyPath></Collection></PropertyValue>
  </Record></Annotation></Annotations>
<Annotations Target="self.all/customers"><Annotation Term="Org.OData.Core.V1.OptimisticConcurrency"/></Annotations>
"""


def draft(folder: Path, text: str, target: str = "service.xml", **flags: str) -> Draft:
    (folder / "service.xml").write_text(text, encoding="utf-8")
    drafter = find_drafter("odata")
    assert drafter is not None
    return drafter.make(Asked(target=target, name="", folder=folder, flags=flags, secrets=lambda _: ""))


def manifest_of(made: Draft) -> Manifest:
    assert made.manifest is not None
    return manifest_from(made.manifest)


def test_types_are_read_with_those_they_extend(tmp_path: Path) -> None:
    """Aliases, definitions, enumerations, complex types, collections."""
    made = draft(tmp_path, HEAD + BASE + TAIL, url="https://api.example/v2.0/")
    manifest = manifest_of(made)
    assert (manifest.name, manifest.base_url) == ("api_example", "https://api.example/v2.0")
    customers = manifest.types["customers"]
    said = {
        path: spec.model_dump(exclude_defaults=True, mode="json")
        for path, spec in customers.properties.items()
    }
    assert said == {
        "lastModifiedDateTime": {"type": "datetime"},
        "displayName": {"required": True, "max_length": 100},
        "type": {"enum": ["Person", "Company"]},
        "marks": {},
        "balance": {"type": "decimal", "scale": 2, "read_only": True},
        "address.country": {"max_length": 2},
        "address.city": {"max_length": 30},
        "phones": {"type": "list"},
        "countryCode": {"max_length": 2, "reference": "countries"},
        "size": {"type": "integer", "default": 7},
        "open": {"type": "time"},
    }
    assert customers.modified is not None
    assert customers.modified.resolution == "s"
    assert customers.version is not None
    assert customers.version.property == "@odata.etag"
    assert customers.batch is None


def test_what_a_service_can_not_is_not_offered(tmp_path: Path) -> None:
    """And what can not be used is named, with the reason."""
    made = draft(tmp_path, HEAD + BASE + TAIL)
    manifest = manifest_of(made)
    assert set(manifest.types) == {"customers", "countries", "pairs"}
    assert manifest.types["pairs"].id.parts == {"a": "bare", "b": "bare"}
    countries = manifest.types["countries"]
    assert countries.operation("create") is None
    assert countries.properties["name"].create_only
    read = countries.operation("read")
    assert read is not None
    assert read.path == "countries('{id}')"
    unknown = "\n".join(made.unknown)
    for word in (
        "secrets: it can not be read",
        "days: its key day is a Edm.Date",
        "customers.owner",
        "customers.photo: a Edm.Stream",
        "customers.place: a Edm.GeographyPoint",
        "where the service is",
        "how to log in",
        "countries: no property tells when a record changed",
        "countries: a create whose answer is lost",
        "it tells deletes",
    ):
        assert word in unknown, word


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no XML"),
        ("<a>", "no XML"),
        ("<a/>", "no metadata of OData 4"),
        (HEAD + TAIL, "no entity sets"),
        ('<!DOCTYPE a [<!ENTITY b "b">]>' + HEAD + BASE + TAIL, "a document type of its own"),
        (
            '<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"/>',
            "OData 2 or 3",
        ),
    ],
)
def test_what_is_no_metadata_is_refused(tmp_path: Path, text: str, why: str) -> None:
    """With the reason, and what to name instead."""
    with pytest.raises(AccordError, match=why) as told:
        draft(tmp_path, text)
    assert "$metadata" in str(told.value)


def test_a_service_without_one_usable_set_is_refused(tmp_path: Path) -> None:
    """Nothing is drafted of nothing."""
    only = BASE.replace(
        'Name="customers" EntityType="self.customer"', 'Name="customers" EntityType="self.pair"'
    )
    only = only.replace('EntityType="Vendor.Types.country"', 'EntityType="self.day"')
    only = only.replace("self.pair", "self.day")
    with pytest.raises(AccordError, match="none of its entity sets"):
        draft(tmp_path, HEAD + only + TAIL)


@pytest.mark.parametrize(
    ("target", "flags", "why"),
    [
        ("nowhere.xml", {}, "can not be read"),
        ("service.xml", {"user": "env:A"}, "needs a password"),
        ("service.xml", {"url": "ftp://a"}, "no URL"),
    ],
)
def test_what_was_asked_wrongly_is_told(tmp_path: Path, target: str, flags: dict[str, Any], why: str) -> None:
    """Each with a remedy."""
    with pytest.raises(AccordError, match=why):
        draft(tmp_path, HEAD + BASE + TAIL, target, **flags)


def test_logins_are_references(tmp_path: Path) -> None:
    """They are written as they were given."""
    basic = draft(tmp_path, HEAD + BASE + TAIL, user="env:A", password="env:B").manifest
    token = draft(tmp_path, HEAD + BASE + TAIL, token="file:secrets/t").manifest
    assert basic is not None
    assert token is not None
    assert basic["auth"] == {"kind": "basic", "user": "env:A", "password": "env:B"}
    assert token["auth"] == {"kind": "bearer", "token": "file:secrets/t"}
