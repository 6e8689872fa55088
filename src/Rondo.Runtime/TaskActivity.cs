using System.Diagnostics;

namespace Rondo.Runtime;

/// <summary>
/// The activities of source <c>Rondo.Runtime</c>: one per task, from its first step to its end, as a child of what was
/// going on where the task was created. None is made while nobody listens.
/// </summary>
internal static class TaskActivity
{
    private static readonly ActivitySource s_source = new(LoopMetrics.Name);

    /// <summary>Begins one, which is the current one until the caller returns; null when nobody listens.</summary>
    public static Activity? Start(EventLoop loop, LoopTask task)
    {
        if (!s_source.HasListeners())
        {
            return null;
        }

        // The name of the operation is the same for all, so that a sampler can tell it; people see the task's.
        var activity = s_source.StartActivity("rondo.task");
        if (activity is not null)
        {
            activity.DisplayName = task.Name;
            activity.SetTag("rondo.task.name", task.Name);
            activity.SetTag(LoopMetrics.LoopTag, loop.Name);
        }

        return activity;
    }

    /// <summary>Notes how the task ended; being cancelled is not an error.</summary>
    public static void End(Activity? activity, string outcome, Exception? error = null)
    {
        if (activity is null)
        {
            return;
        }

        activity.SetTag("rondo.task.outcome", outcome);
        if (error is not null)
        {
            activity.SetStatus(ActivityStatusCode.Error, error.Message);
            activity.AddException(error);
        }
    }

    /// <summary>Notes a finding in the activity in which it was made, if it was made in one.</summary>
    public static void Note(LoopReport report)
    {
        if (Activity.Current is { IsAllDataRequested: true } activity)
        {
            var tags = new ActivityTagsCollection { ["rondo.report.message"] = report.Message };
            activity.AddEvent(new ActivityEvent(report.Kind, tags: tags));
        }
    }
}
