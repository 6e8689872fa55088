// Descriptors, threads and memory are counted for the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
