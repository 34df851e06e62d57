"""Asks the server whose address is the first argument, with the key that is the second, through Google's client for Python
and through `perspective`, and writes what they made of its answers, as one object of JSON."""

import json
import sys
from urllib.error import HTTPError

from googleapiclient import discovery
from googleapiclient.errors import HttpError
from perspective import PerspectiveAPI

address, key = sys.argv[1:]
ABUSE = "You are a stupid idiot, and nobody wants to read this."
THANKS = "Thanks, that was a helpful answer 🙂."
found = {}


def request(text, *attributes, **more):
    return {"comment": {"text": text}, "requestedAttributes": {name: {} for name in attributes}, **more}


def error_of(call):
    """What a client tells of a call that fails."""
    try:
        call()
    except HttpError as error:
        return {"status": error.status_code, "reason": error.reason, "details": error.error_details}
    except HTTPError as error:
        return {"status": error.code, "body": json.load(error)}
    return None


client = discovery.build(
    "commentanalyzer",
    "v1alpha1",
    developerKey=key,
    discoveryServiceUrl=f"{address}/$discovery/rest?version=v1alpha1",
    static_discovery=False,
    client_options={"api_endpoint": address},
)
comments = client.comments()
found["analyzed"] = comments.analyze(
    body=request(ABUSE, "TOXICITY", "INSULT@2", languages=["en"], clientToken="ž", doNotStore=True)
).execute()
found["masked"] = comments.analyze(
    body=request(THANKS, "TOXICITY"), fields="languages,attributeScores/TOXICITY/summaryScore/value"
).execute()
found["errors"] = {
    "unknown": error_of(comments.analyze(body=request(ABUSE, "FLIRTATION")).execute),
    "empty": error_of(comments.analyze(body=request("", "TOXICITY")).execute),
    "language": error_of(comments.analyze(body=request(ABUSE, "TOXICITY", languages=["fi"])).execute),
    "fields": error_of(comments.analyze(body=request(ABUSE, "TOXICITY"), fields="nothing").execute),
}

batch = client.new_batch_http_request()
in_batch = {}
found["batch"] = in_batch


def take(request_id, response, exception):
    in_batch[request_id] = response if exception is None else {"status": exception.status_code, "reason": exception.reason}


for number in range(40):
    body = request(f"{THANKS} {number}", "TOXICITY", spanAnnotations=True, clientToken=str(number))
    batch.add(comments.analyze(body=body), callback=take, request_id=f"number {number}")
batch.add(comments.analyze(body=request("", "TOXICITY")), callback=take, request_id="empty")
batch.execute()

judged = {"comment": {"text": ABUSE}, "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}}}
judged |= {"communityId": "python", "clientToken": "from-python"}
found["suggested"] = comments.suggestscore(body=judged).execute()
found["errors"]["judgement"] = error_of(comments.suggestscore(body={**judged, "attributeScores": {}}).execute)

other = PerspectiveAPI(key)
other.api_client.url = f"{address}/v1alpha1/{{endpoint}}"
found["perspective"] = {
    "scores": other.score(ABUSE, tests=["TOXICITY", "THREAT"]),
    "analyzed": other.analyze_comment(ABUSE, languages=["en"], span_annotations=True, session_id="1", community_id="c"),
    "suggested": other.suggest_score(
        ABUSE, {"TOXICITY": {"summaryScore": {"value": 0.5}}}, client_token="other", community_id="python"
    ),
    "error": error_of(lambda: other.score(ABUSE, tests=["NO_SUCH_ATTRIBUTE"])),
}
json.dump(found, sys.stdout)
