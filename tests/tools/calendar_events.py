"""Prints the events of a calendar as the library icalendar reads them, as JSON."""

import json
import sys

import icalendar

with open(sys.argv[1], "rb") as file:
    calendar = icalendar.Calendar.from_ical(file.read())
problems = list(calendar.errors)
events = []
for event in calendar.walk("VEVENT"):
    problems += list(event.errors)
    alarms = []
    for alarm in event.walk("VALARM"):
        problems += list(alarm.errors)
        alarms.append({
            "action": str(alarm["ACTION"]),
            "trigger": alarm["TRIGGER"].dt.total_seconds(),
            "text": str(alarm["DESCRIPTION"]),
        })
    events.append({
        "uid": str(event["UID"]),
        "stamp": event["DTSTAMP"].dt.isoformat(),
        "start": event["DTSTART"].dt.isoformat(),
        "end": event["DTEND"].dt.isoformat(),
        "sequence": int(event["SEQUENCE"]),
        "summary": str(event["SUMMARY"]),
        "description": str(event["DESCRIPTION"]),
        "alarms": alarms,
    })
json.dump({
    "version": str(calendar["VERSION"]),
    "problems": [str(problem) for problem in problems],
    "events": events,
}, sys.stdout)
