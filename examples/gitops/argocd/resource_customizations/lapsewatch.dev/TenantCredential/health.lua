-- The health of a TenantCredential or an MDMTenant, for Argo CD. No library of
-- Lua's is needed beyond what Argo CD always opens.
local health = {status = "Progressing", message = "waiting for the operator"}
if obj.status == nil or obj.status.conditions == nil then
  return health
end

local ready, healthy
for _, condition in ipairs(obj.status.conditions) do
  if condition.type == "Ready" then ready = condition end
  if condition.type == "Healthy" then healthy = condition end
end
if ready == nil or ready.status == "Unknown" then
  return health
end

-- What stands there may have been said of an earlier spec. The condition's own
-- generation decides: an object that can't be understood gets no other.
local seen = ready.observedGeneration or obj.status.observedGeneration
if seen ~= nil and obj.metadata.generation ~= nil and seen ~= obj.metadata.generation then
  health.message = "waiting for the operator to look at the changed spec"
  return health
end

local said = healthy
if ready.status == "False" or healthy == nil then
  said = ready
end
health.message = said.reason .. ": " .. (said.message or "")

-- A notice is nothing to stop at. What expires soon is still valid, so it is
-- healthy, with the date in the message.
local severe = obj.status.severity == "Warning" or obj.status.severity == "Critical"
if ready.status == "False" or (said.status == "False" and severe) then
  health.status = "Degraded"
else
  health.status = "Healthy"
end
return health
