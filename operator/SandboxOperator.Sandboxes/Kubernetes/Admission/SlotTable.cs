namespace SandboxOperator.Sandboxes.Kubernetes.Admission;

/// <summary>The slots of this replica, and the sessions that are giving way to them. No I/O under its lock.</summary>
internal sealed class SlotTable(AdmissionPlan plan)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ThreadOwner, int> _slots = [];
    private readonly HashSet<string> _leaving = new(StringComparer.Ordinal);

    /// <summary>Takes a slot if there is room, or will be once the session that the answer names is suspended.</summary>
    public AdmissionDecision Take(ThreadOwner thread, IEnumerable<Occupant> occupants)
    {
        lock (_gate)
        {
            var staying = occupants.Where(occupant => !_leaving.Contains(occupant.Session)).ToList();
            var decision = plan.Decide(thread, staying, _slots.Keys);
            if (decision.FullSetting is null)
            {
                _slots[thread] = _slots.GetValueOrDefault(thread) + 1;
            }

            if (decision.Suspend is { } leaving)
            {
                _leaving.Add(leaving);
            }

            return decision;
        }
    }

    /// <summary>The session was suspended, or stays.</summary>
    public void Settled(string session)
    {
        lock (_gate)
        {
            _leaving.Remove(session);
        }
    }

    public void Release(ThreadOwner thread)
    {
        lock (_gate)
        {
            if (--_slots[thread] == 0)
            {
                _slots.Remove(thread);
            }
        }
    }
}
