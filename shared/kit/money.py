"""Money: whole minor units and a currency of ISO 4217, and how many decimals that currency has."""

from typing import Any

import marshmallow as ma
from marshmallow import validate

from shared.kit.shapes import WholeNumber

MOST = 10**15
"""More than anything costs, and few enough that sums of thousands of them are exact in 64 bits."""

_TWO = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE
    CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR
    KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB
    PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY
    TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"

DECIMALS = {
    **dict.fromkeys(_TWO.split(), 2),
    **dict.fromkeys(_NONE.split(), 0),
    **dict.fromkeys(_THREE.split(), 3),
}
"""Every currency that people pay with, and its decimals (ISO 4217 list one; funds, metals and tests are left out)."""


class Money(ma.Schema):
    """An amount in minor units: 1999 EUR is 19.99 €, 1999 JPY is 1999 ¥."""

    amount = WholeNumber(
        required=True,
        validate=validate.Range(0, MOST),
        metadata={"example": 1999, "description": "Whole minor units."},
    )
    currency = ma.fields.String(
        required=True,
        validate=validate.OneOf(sorted(DECIMALS), error="Not a currency of ISO 4217."),
        metadata={"example": "EUR"},
    )


def a_price(**options: Any) -> ma.fields.Nested:
    """An amount of money that is never negative."""
    return ma.fields.Nested(Money, **{"required": True, **options})


def written(amount: int, currency: str) -> str:
    """Write minor units as people read them, without grouping: `written(1999, "EUR")` is `19.99`."""
    decimals = DECIMALS[currency]
    sign, digits = "-" if amount < 0 else "", str(abs(amount)).rjust(decimals + 1, "0")
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else f"{sign}{digits}"
