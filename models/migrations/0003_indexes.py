from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0002_mail')]

    initial = False

    operations = [
        ops.AddIndex(
            model_name='ActorKey',
            index=Index(fields=['actor_id']),
        ),
        ops.AddIndex(
            model_name='Attachment',
            index=Index(fields=['post_id']),
        ),
        ops.AddIndex(
            model_name='Attachment',
            index=Index(fields=['owner_id']),
        ),
        ops.AddIndex(
            model_name='Block',
            index=Index(fields=['target_id']),
        ),
        ops.AddIndex(
            model_name='Draft',
            index=Index(fields=['owner_id']),
        ),
        ops.AddIndex(
            model_name='Like',
            index=Index(fields=['actor_id']),
        ),
        ops.AddIndex(
            model_name='Mute',
            index=Index(fields=['target_id']),
        ),
        ops.AddIndex(
            model_name='Notification',
            index=Index(fields=['actor_id']),
        ),
        ops.AddIndex(
            model_name='Notification',
            index=Index(fields=['post_id']),
        ),
        ops.AddIndex(
            model_name='OutgoingActivity',
            index=Index(fields=['actor_id']),
        ),
        ops.AddIndex(
            model_name='Post',
            index=Index(fields=['parent_id']),
        ),
        ops.AddIndex(
            model_name='Post',
            index=Index(fields=['held_until']),
        ),
        ops.AddIndex(
            model_name='Recipient',
            index=Index(fields=['actor_id']),
        ),
        ops.AddIndex(
            model_name='Report',
            index=Index(fields=['target_id']),
        ),
        ops.AddIndex(
            model_name='Revision',
            index=Index(fields=['post_id']),
        ),
        ops.AddIndex(
            model_name='Session',
            index=Index(fields=['member_id']),
        ),
        ops.AddIndex(
            model_name='SignInLink',
            index=Index(fields=['member_id']),
        ),
        ops.AddIndex(
            model_name='Tag',
            index=Index(fields=['post_id']),
        ),
    ]
