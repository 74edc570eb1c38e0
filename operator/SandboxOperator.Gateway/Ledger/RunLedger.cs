using SandboxOperator.Gateway.Ledger.Budgets;
using SandboxOperator.Gateway.Ledger.Tariffs;
using SandboxOperator.Gateway.RunLoop;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Upstream;

namespace SandboxOperator.Gateway.Ledger;

/// <summary>
/// What one run costs. It asks the budgets before anything is spent, gives the changes that belong into the store's
/// transactions, and keeps the sums on the run.
/// </summary>
internal sealed class RunLedger
{
    private readonly RunEntity _run;
    private readonly Tariff _tariff;
    private readonly TokenBook _tokens;
    private readonly BudgetBook _budgets;

    /// <summary>What calls of this run have caused to be charged and what stands.</summary>
    private readonly List<SessionChargeEntity> _charges = [];

    /// <param name="run">The run; its sums are brought up to date.</param>
    /// <param name="charges">The entries that its calls have caused, by an earlier worker.</param>
    /// <param name="uses">The entries of its turns, of an earlier worker.</param>
    /// <param name="tariff">What sessions cost.</param>
    /// <param name="tokens">What models cost.</param>
    /// <param name="budgets">What may be spent.</param>
    public RunLedger(
        RunEntity run,
        IReadOnlyList<SessionChargeEntity> charges,
        IReadOnlyList<TokenUseEntity> uses,
        Tariff tariff,
        TokenBook tokens,
        BudgetBook budgets
    )
    {
        (_run, _tariff, _tokens, _budgets) = (run, tariff, tokens, budgets);
        foreach (var period in charges.GroupBy(charge => (charge.Ordinal, charge.Period)))
        {
            if (period.MaxBy(charge => charge.Revision) is { } newest && newest.Revision % 2 == 0)
            {
                _charges.Add(newest);
            }
        }

        run.SessionNanos = _charges.Sum(charge => charge.Nanos);
        run.TokenNanos = RunCost.Tokens(uses);
    }

    /// <summary>Refuses to start a session that the run's project cannot pay.</summary>
    /// <exception cref="BudgetExceededException">A budget is used up.</exception>
    public void RequireSession() => _budgets.Require(_run.Project, _tariff.Nanos);

    /// <summary>Refuses to ask a model that costs something when nothing is left.</summary>
    /// <param name="model">Its name at the upstream.</param>
    /// <exception cref="BudgetExceededException">A budget is used up.</exception>
    public void RequireTurn(string model)
    {
        if (_tokens.HasPrice(model))
        {
            _budgets.RequireLeft(_run.Project);
        }
    }

    /// <summary>The entry of a turn, for the transaction that stores the turn.</summary>
    /// <param name="turn">Its index.</param>
    /// <param name="model">The model's name at the upstream.</param>
    /// <param name="usage">Its tokens.</param>
    /// <param name="nowMs">Now.</param>
    public JournalChange Use(int turn, string model, ModelUsage usage, long nowMs)
    {
        var use = _tokens.Enter(_run.Project, _run.ThreadId, _run.Id, turn, model, usage, nowMs);
        _run.TokenNanos += RunCost.Tokens([use]);
        return JournalChange.Insert(use);
    }

    /// <summary>What is due when a call begins: changes for the transaction that stores the call.</summary>
    /// <param name="call">The call and its session.</param>
    /// <param name="paid">The newest period of the session that is charged.</param>
    /// <param name="nowMs">Now.</param>
    /// <exception cref="BudgetExceededException">A budget does not allow it; nothing is due.</exception>
    public SessionDue Begin(ChargedCall call, int? paid, long nowMs)
    {
        var due = _tariff.Due(paid, call.SessionStartedAtMs, nowMs, nowMs);
        if (due.Count > 0)
        {
            _budgets.SpendWithin(_run.Project, _run.ThreadId, _tariff.Nanos);
        }

        return Charge(call, paid, due, nowMs);
    }

    /// <summary>What became due while a call ran: that it goes on cannot be refused.</summary>
    /// <inheritdoc cref="Begin"/>
    public SessionDue Ran(ChargedCall call, int? paid, long sinceMs, long nowMs)
    {
        var due = _tariff.Due(paid, call.SessionStartedAtMs, sinceMs, nowMs);
        _budgets.Spend(_run.Project, _run.ThreadId, due.Count * _tariff.Nanos);
        return Charge(call, paid, due, nowMs);
    }

    /// <summary>Nano-dollars that a call has caused to be charged.</summary>
    public long SessionNanosOf(string callId) =>
        _charges.Where(charge => charge.CallId == callId).Sum(charge => charge.Nanos);

    /// <summary>What a call has caused stands: its sandbox took it.</summary>
    public void Stands(string callId) => LedgerMetrics.SessionCharged(SessionNanosOf(callId));

    /// <summary>The sandbox did not take a call: what it has caused is taken back.</summary>
    /// <returns>The change for the transaction that stores the call's end; null when the call has caused nothing.</returns>
    public JournalChange? TakeBack(string callId)
    {
        var charge = _charges.FirstOrDefault(charge => charge.CallId == callId);
        if (charge is null)
        {
            return null;
        }

        Forget(charge);
        return JournalChange.Do(
            (context, cancellation) =>
                ChargeRows.TakeBackAsync(context, charge.ThreadId, charge.Ordinal, callId, cancellation)
        );
    }

    /// <summary>What a call would have caused was not stored.</summary>
    public void NotStored(string callId)
    {
        foreach (var charge in _charges.Where(charge => charge.CallId == callId).ToList())
        {
            Forget(charge);
        }
    }

    private SessionDue Charge(ChargedCall call, int? paid, IReadOnlyList<int> due, long nowMs)
    {
        var changes = new List<JournalChange>(due.Count);
        foreach (var period in due)
        {
            var charge = new SessionChargeEntity
            {
                Project = _run.Project,
                ThreadId = _run.ThreadId,
                Ordinal = call.Ordinal,
                Period = period,
                RunId = _run.Id,
                CallId = call.CallId,
                AtMs = nowMs,
                Sessions = period == 0 ? 1 : 0,
                Nanos = _tariff.Nanos,
            };
            _charges.Add(charge);
            _run.SessionNanos += charge.Nanos;
            changes.Add(
                JournalChange.Do(
                    async (context, cancellation) =>
                    {
                        if (!await ChargeRows.AddAsync(context, charge, cancellation))
                        {
                            // Another worker had charged it. The run waits for this transaction: nobody else is here.
                            Forget(charge);
                        }
                    }
                )
            );
        }

        return new SessionDue(changes, due.Count > 0 ? due[^1] : paid);
    }

    private void Forget(SessionChargeEntity charge)
    {
        if (_charges.Remove(charge))
        {
            _run.SessionNanos -= charge.Nanos;
            _budgets.Spend(_run.Project, _run.ThreadId, -charge.Nanos);
        }
    }
}
